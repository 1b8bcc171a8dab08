/// How much of a request over HTTP/1.1 is read before it is served.
struct RequestLimits: Sendable {
    /// Bytes of a head.
    var headBytes: Int
    /// Bytes of a chunked body, which is read whole before the request is served.
    var bodyBytes: Int
    /// From the end of a head to that of its chunked body, in seconds.
    var deadlineSeconds: Int
    /// From the end of a head to that of a body that is not chunked.
    var bodyDeadline: Duration
}
