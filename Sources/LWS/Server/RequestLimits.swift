/// How much of a request is read before it is served.
struct RequestLimits: Sendable {
    /// Bytes of a head.
    var headBytes: Int
    /// Bytes of a chunked body over HTTP/1.1, which is read whole before the request is served.
    var bodyBytes: Int
    /// From the end of a head to that of its chunked body, in seconds; over HTTP/2 the most that a head may take.
    var deadlineSeconds: Int
    /// From the end of a head to that of a body that is not chunked.
    var bodyDeadline: Duration
    /// How many streams of one connection over HTTP/2 are served.
    var streams: Int
    /// Whether a WebSocket's offer to compress its messages is taken.
    var deflatesMessages = false

    /// What SETTINGS_MAX_CONCURRENT_STREAMS says: some more than are served, so that they can be answered with 503.
    var advertisedStreams: Int { Self.advertised(over: streams) }

    static func advertised(over streams: Int) -> Int { streams + max(4, streams / 4) }
}
