public import TransportCore

/// The token as one of the subprotocols that a WebSocket offers (RFC 6455, section 1.9): the one header field that a page can
/// set. The server selects the other one, so the token is never sent back.
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
        // In a request that opens no WebSocket the field means nothing: it must not let anyone in.
        guard request.target.transport == .websocket else {
            throw AuthenticationFailure(.malformed, "a subprotocol in a request that opens no WebSocket")
        }
        return try verifier.verify(token)
    }

    private func tokens(of request: some HandshakeRequest) -> [Substring] {
        guard let offered = request.header("sec-websocket-protocol") else { return [] }
        return offered.split(separator: ",").compactMap { entry in
            let entry = entry.drop { $0 == " " || $0 == "\t" }
            guard entry.hasPrefix(Credential.subprotocolPrefix) else { return nil }
            let token = entry.dropFirst(Credential.subprotocolPrefix.count)
            return token.prefix { $0 != " " && $0 != "\t" }
        }
    }
}
