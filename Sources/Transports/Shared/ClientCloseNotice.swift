import TransportCore

extension CloseReason {
    /// Reads a server's close notice: the JSON of SSE's `close` event, or of a close frame's reason.
    /// Nil where it is not such an object.
    init?(notice: UnsafeRawBufferPointer) {
        var code: UInt16?
        var name: String?
        var reconnect: Bool?
        var delay: Int?
        let isObject = JSONMembers.members(of: notice) { key, value in
            switch JSONMembers.unescaped(key) {
            case "code": code = JSONMembers.integer(value).flatMap { UInt16(exactly: $0) }
            case "reason": name = JSONMembers.string(value)
            case "reconnect": reconnect = value.elementsEqual("true".utf8)
            case "delay": delay = JSONMembers.integer(value)
            default: break
            }
        }
        guard isObject, let code, let name, let reconnect else { return nil }
        self.init(code: code, name: name, reconnect: reconnect, delayMilliseconds: delay)
    }

    /// Reads a close frame: our servers' notice, or the code and text of another server. Codes from 4000 on are
    /// private to a server (RFC 6455, section 7.4.2), and ours sends a notice with them.
    package init(code: UInt16, reason: String) {
        var text = reason
        if let notice = text.withUTF8({ CloseReason(notice: UnsafeRawBufferPointer($0)) }) {
            self = notice
        } else if code < 4000, let known = CloseReason.all.first(where: { $0.code == code }) {
            self.init(code: code, name: reason.isEmpty ? known.name : reason, reconnect: known.reconnect)
        } else {
            // These registered codes say that the request itself was wrong (RFC 6455, section 7.4.1).
            self.init(code: code, name: reason, reconnect: ![1002, 1003, 1007, 1008, 1009, 1010].contains(code))
        }
    }
}
