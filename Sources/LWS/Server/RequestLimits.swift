/// Limits for reading a request before it is served.
struct RequestLimits: Sendable {
    /// Bytes of a head.
    var headBytes: Int
    /// The maximum size of a chunked body over HTTP/1.1, which is read completely before the request is served.
    var bodyBytes: Int
    /// The time from the end of a head to that of its chunked body, in seconds; over HTTP/2 the maximum time for a
    /// head.
    var deadlineSeconds: Int
    /// The time from the end of a head to that of a body that is not chunked.
    var bodyDeadline: Duration
    /// How many streams of one HTTP/2 connection are served.
    var streams: Int
    /// Whether a WebSocket's offer to compress its messages is accepted.
    var deflatesMessages = false

    /// The value of SETTINGS_MAX_CONCURRENT_STREAMS: some more than are served, so that these can be answered with
    /// 503.
    var advertisedStreams: Int { Self.advertised(over: streams) }

    static func advertised(over streams: Int) -> Int { streams + max(4, streams / 4) }
}
