public import TransportCore

/// The token as one of the subprotocols that a WebSocket offers (RFC 6455, section 1.9), which is the only header
/// field that a page can set. The server selects the other one, so it never sends the token back.
public struct SubprotocolScheme: AuthScheme {
    public static let profile = AuthSchemeProfile(
        "subprotocol", "A JSON Web Token among the subprotocols that a WebSocket offers.", transports: [.websocket],
        limitation: "only a WebSocket's handshake has subprotocols (RFC 6455, section 1.9)",
        clients: [.webSocket, .curl, .urlSession])

    private let verifier: TokenVerifier

    public init(_ verifier: TokenVerifier) {
        self.verifier = verifier
    }

    public var name: String { Self.profile.name }
    public var challenge: String? { nil }

    public func isPresented(by request: some HandshakeRequest) -> Bool { !tokens(of: request).isEmpty }

    public func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        let tokens = tokens(of: request)
        guard let token = tokens.first else {
            throw AuthenticationFailure(.missing, "no subprotocol carries a token")
        }
        guard tokens.count == 1 else {
            throw AuthenticationFailure(.ambiguous, "\(tokens.count) subprotocols carry tokens")
        }
        // In a request that opens no WebSocket the field has no meaning, and must not let anyone in.
        guard request.opensWebSocket else {
            throw AuthenticationFailure(.malformed, "a subprotocol in a request that opens no WebSocket")
        }
        return try verifier.verify(token)
    }

    private func tokens(of request: some HandshakeRequest) -> [Substring] {
        guard let offered = request.header("sec-websocket-protocol") else { return [] }
        let prefix = Credential.subprotocolPrefix.utf8
        // Split by bytes: `Character` would join a comma with a combining mark that follows it.
        return offered.utf8.split(separator: UInt8(ascii: ",")).compactMap { entry in
            let entry = entry.drop(while: Self.isSpace)
            guard entry.starts(with: prefix) else { return nil }
            return Substring(entry.dropFirst(prefix.count).prefix { !Self.isSpace($0) })
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
