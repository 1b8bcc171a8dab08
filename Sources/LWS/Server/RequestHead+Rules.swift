extension RequestHead {
    /// Applies the rules that look at fields together, and sets what follows from them. Returns the rule that refuses the request, and
    /// the name of the field.
    mutating func judge() -> (RequestRule, field: String)? {
        if let refused = judgeFraming() { return refused }
        let connection = elements("connection")
        closes = isHTTP10 || connection.contains("close")
        let expectations = elements("expect")
        guard expectations.allSatisfy({ $0 == "100-continue" }) else { return (.expectation, "Expect") }
        expectsContinue = !isHTTP10 && !expectations.isEmpty && framing != .none
        // HTTP/1.0 has no upgrade, and another protocol than WebSocket is not spoken here: as if it had not been asked for (RFC 9110,
        // section 7.8).
        guard !isHTTP10, connection.contains("upgrade"), elements("upgrade").contains("websocket") else { return nil }
        opensWebSocket = true
        return judgeWebSocket()
    }

    private mutating func judgeFraming() -> (RequestRule, field: String)? {
        let lengths = values("content-length")
        let codings = elements("transfer-encoding")
        guard values("transfer-encoding").isEmpty else {
            guard !isHTTP10 else { return (.codingInHTTP10, "Transfer-Encoding") }
            guard lengths.isEmpty else { return (.lengthAndCoding, "Content-Length") }
            guard codings.allSatisfy({ $0 == "chunked" }) else { return (.transferCoding, "Transfer-Encoding") }
            guard codings.count == 1 else { return (.chunkedOnce, "Transfer-Encoding") }
            framing = .chunked
            return nil
        }
        guard lengths.count < 2 else { return (.contentLengthTwice, "Content-Length") }
        guard let text = lengths.first else { return nil }
        guard !text.isEmpty, text.utf8.allSatisfy(\.isDigit), let length = Int(text) else {
            return (.contentLength, "Content-Length")
        }
        framing = .length(length)
        return nil
    }

    private func judgeWebSocket() -> (RequestRule, field: String)? {
        guard method == "GET" else { return (.webSocketMethod, "Upgrade") }
        guard framing == .none || framing == .length(0) else {
            return (.webSocketBody, framing == .chunked ? "Transfer-Encoding" : "Content-Length")
        }
        guard values("sec-websocket-version") == ["13"] else { return (.webSocketVersion, "Sec-WebSocket-Version") }
        let keys = values("sec-websocket-key")
        guard keys.count == 1, Self.isKey(keys[0]) else { return (.webSocketKey, "Sec-WebSocket-Key") }
        return nil
    }

    /// 16 bytes in base64 (RFC 4648, section 4).
    private static func isKey(_ text: String) -> Bool {
        let characters = Array(text.utf8)
        return characters.count == 24 && characters.suffix(2).allSatisfy { $0 == UInt8(ascii: "=") }
            && characters.prefix(22).allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"): true
                default: false
                }
            }
    }
}
