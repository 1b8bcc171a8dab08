public import TransportCore

extension CloseReason {
    /// The JSON of a close. SSE's `close` event has it as data; a WebSocket's close frame as its reason text (at most
    /// 123 bytes, RFC 6455, section 5.5).
    public var json: String {
        let delay = delayMilliseconds.map { ",\"delay\":\($0)" } ?? ""
        return "{\"code\":\(code),\"reason\":\"\(name)\",\"reconnect\":\(reconnect)\(delay)}"
    }

    /// A WebSocket's close frame (RFC 6455, section 5.5.1), not masked.
    var frame: [UInt8] {
        let text = json.utf8
        precondition(text.count <= 123, "the reason is a name, and fits a control frame")
        return [0x88, UInt8(2 + text.count), UInt8(code >> 8), UInt8(code & 0xFF)] + text
    }
}
