import Testing

/// WebSocket frames of a client, by hand (RFC 6455, section 5.2). What the server sends is not masked, and is read as it comes.
extension RawClient {
    static func webSocket(_ test: TestServer, _ path: String, headers: [String] = []) throws -> RawClient {
        let client = try RawClient(test.endpoint)
        client.get(path, headers: webSocketHeaders + headers)
        try client.read(until: "\r\n\r\n")
        try #require(client.text.hasPrefix("HTTP/1.1 101"), "\(client.text)")
        return client
    }

    func sendText(_ text: String) { sendFrame(0x81, Array(text.utf8)) }

    /// - Parameter head: FIN and the opcode.
    func sendFrame(_ head: UInt8, _ payload: [UInt8]) { send(Self.frame(head, payload)) }

    static func frame(_ head: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        let length: [UInt8] =
            payload.count < 126
            ? [0x80 | UInt8(payload.count)]
            : [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        return [head] + length + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    /// Reads up to a close frame that gives this code and reason, in the frame's head and in its text.
    func readClose(_ code: UInt16, _ reason: String) throws {
        try read(until: "{\"code\":\(code),\"reason\":\"\(reason)\"")
        let text = Array("{\"code\":\(code),\"reason\":\"\(reason)\"".utf8)
        let end = received.indices.last { received[$0...].starts(with: text) }
        let start = try #require(end)
        #expect(received[start - 4] == 0x88, "a close frame, whole")
        #expect(Array(received[start - 2..<start]) == [UInt8(code >> 8), UInt8(code & 0xFF)])
    }
}
