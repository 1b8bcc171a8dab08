extension RequestHead {
    /// Applies the rules that consider several fields, and sets what follows from them. Returns the rule that refuses
    /// the request, with the name of the field.
    /// - Parameter endsWithStream: whether a body follows over HTTP/2, which ends with its stream.
    mutating func judge(endsWithStream: Bool = false) -> (RequestRule, field: String)? {
        if let refused = judgeFraming() { return refused }
        if endsWithStream, framing == .none { framing = .chunked }
        let connection = elements("connection")
        closes = isHTTP10 || connection.contains { $0.isNamed("close") }
        let expectations = elements("expect")
        guard expectations.allSatisfy({ $0.isNamed("100-continue") }) else { return (.expectation, "Expect") }
        expectsContinue = !isHTTP10 && !expectations.isEmpty && framing != .none
        // HTTP/1.0 has no upgrade, and WebSocket is the only protocol here. Other upgrades are ignored (RFC 9110,
        // section 7.8).
        guard !isHTTP10, connection.contains(where: { $0.isNamed("upgrade") }),
            elements("upgrade").contains(where: { $0.isNamed("websocket") })
        else { return nil }
        opensWebSocket = true
        return judgeWebSocket()
    }

    private mutating func judgeFraming() -> (RequestRule, field: String)? {
        let lengths = ranges(of: "content-length")
        guard ranges(of: "transfer-encoding").isEmpty else {
            let codings = elements("transfer-encoding")
            guard !isHTTP10 else { return (.codingInHTTP10, "Transfer-Encoding") }
            guard lengths.isEmpty else { return (.lengthAndCoding, "Content-Length") }
            guard codings.allSatisfy({ $0.isNamed("chunked") }) else { return (.transferCoding, "Transfer-Encoding") }
            guard codings.count == 1 else { return (.chunkedOnce, "Transfer-Encoding") }
            framing = .chunked
            return nil
        }
        guard lengths.count < 2 else { return (.contentLengthTwice, "Content-Length") }
        guard let range = lengths.first else { return nil }
        guard !range.isEmpty, bytes[range].allSatisfy(\.isDigit),
            let length = Int(String(decoding: bytes[range], as: UTF8.self))
        else {
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
        let versions = ranges(of: "sec-websocket-version")
        guard versions.count == 1, bytes[versions[0]].isNamed("13") else {
            return (.webSocketVersion, "Sec-WebSocket-Version")
        }
        let keys = ranges(of: "sec-websocket-key")
        guard keys.count == 1, Self.isKey(bytes[keys[0]]) else { return (.webSocketKey, "Sec-WebSocket-Key") }
        return nil
    }

    /// Whether it is 16 bytes in base64 (RFC 4648, section 4).
    private static func isKey(_ characters: ArraySlice<UInt8>) -> Bool {
        characters.count == 24 && characters.suffix(2).allSatisfy { $0 == UInt8(ascii: "=") }
            && characters.prefix(22).allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"): true
                default: false
                }
            }
    }
}
