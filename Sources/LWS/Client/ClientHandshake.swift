import CLibwebsockets

/// A client's opening handshake: its request, and the check of the answer (RFC 6455, section 4.1).
package struct ClientHandshake {
    /// The whole request.
    let request: [UInt8]
    private let key: String
    private let offered: [String]
    private let offersDeflate: Bool

    init(_ request: ClientRequest, offersDeflate: Bool) {
        self.offersDeflate = offersDeflate
        var generator = SystemRandomNumberGenerator()
        key = Self.base64((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
        offered = request.headers.filter { $0.name == "sec-websocket-protocol" }.flatMap {
            ClientResponseReader.Head.members(of: $0.value)
        }
        var request = request
        request.headers =
            [
                ("upgrade", "websocket"), ("connection", "Upgrade"), ("sec-websocket-key", key),
                ("sec-websocket-version", "13"),
            ] + (offersDeflate ? [("sec-websocket-extensions", DeflateParameters.offer)] : []) + request.headers
        self.request = request.head
    }

    /// What an answer with status 101 comes to.
    enum Outcome {
        /// - deflates: whether the server may compress its messages.
        case opened(deflates: Bool)
        /// It opens no WebSocket, and why.
        case rejected(String)
    }

    func outcome(of head: ClientResponseReader.Head) -> Outcome {
        guard head.list("upgrade").contains(where: { $0.lowercased() == "websocket" }) else {
            return .rejected("it upgrades to '\(head["upgrade"] ?? "")'")
        }
        guard head.list("connection").contains(where: { $0.lowercased() == "upgrade" }) else {
            return .rejected("its Connection is '\(head["connection"] ?? "")'")
        }
        guard head["sec-websocket-accept"] == Self.accept(key) else {
            return .rejected("its Sec-WebSocket-Accept does not fit")
        }
        var deflates = false
        if let extensions = head["sec-websocket-extensions"], !extensions.isEmpty {
            guard offersDeflate else {
                return .rejected("it takes the extension '\(extensions)', which was not offered")
            }
            let taken = head.list("sec-websocket-extensions")
            guard taken.count == 1, DeflateParameters(Array(taken[0].utf8)[...])?.answersOffer == true else {
                return .rejected(
                    "its Sec-WebSocket-Extensions is '\(extensions)', and '\(DeflateParameters.offer)' was offered")
            }
            deflates = true
        }
        if let chosen = head["sec-websocket-protocol"],
            !offered.contains(where: { $0.utf8.elementsEqual(chosen.utf8) })
        {
            return .rejected("it takes the subprotocol '\(chosen)', which was not offered")
        }
        return .opened(deflates: deflates)
    }

    /// The value that a server computes from a key (section 4.2.2).
    package static func accept(_ key: String) -> String {
        var text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        var digest = [UInt8](repeating: 0, count: 20)
        text.withUTF8 { _ = lws_SHA1($0.baseAddress, $0.count, &digest) }
        return base64(digest)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: bytes.count * 2 + 4)
        let count = bytes.withUnsafeBytes { bytes in
            lws_b64_encode_string(
                bytes.assumingMemoryBound(to: CChar.self).baseAddress, Int32(bytes.count), &text, Int32(text.count))
        }
        return String(decoding: text[..<Int(max(count, 0))].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
