public import TransportCore

/// The token in a WebSocket's first message. The upgrade comes before the credential, so
/// `ServerConfiguration.Limits.firstMessage…` limits what a peer can use until then.
public struct FirstMessageScheme: AuthScheme {
    public static let profile = AuthSchemeProfile(
        "message", "A JSON Web Token in a WebSocket's first message.", transports: [.websocket],
        limitation: "only a WebSocket carries messages from the client",
        // Not curl: that of Debian 12 can open a WebSocket, but cannot mask a message.
        clients: [.webSocket, .urlSession])

    private let verifier: TokenVerifier

    public init(_ verifier: TokenVerifier) {
        self.verifier = verifier
    }

    public var name: String { Self.profile.name }
    public var challenge: String? { nil }
    public var takesFirstMessage: Bool { true }

    /// A handshake never carries this credential.
    public func isPresented(by request: some HandshakeRequest) -> Bool { false }

    public func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        throw AuthenticationFailure(.missing, "the credential comes in the first message")
    }

    public func authenticate(token: String) throws(AuthenticationFailure) -> Principal { try verifier.verify(token) }
}
