public import TransportCore

extension CloseReason {
    /// The JSON of a close: SSE's `close` event carries it as data, a WebSocket as its close frame's reason text
    /// (at most 123 bytes, RFC 6455, section 5.5).
    public var json: String {
        let delay = delayMilliseconds.map { ",\"delay\":\($0)" } ?? ""
        return "{\"code\":\(code),\"reason\":\"\(name)\",\"reconnect\":\(reconnect)\(delay)}"
    }
}
