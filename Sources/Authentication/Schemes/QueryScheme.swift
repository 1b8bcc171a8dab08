public import TransportCore

/// The token as a query parameter (RFC 6750, section 2.3), for clients that can set nothing but the URL. It then
/// appears wherever URLs are logged, which is why that section advises against it.
public struct QueryScheme: AuthScheme {
    public static let profile = AuthSchemeProfile(
        "query", "A JSON Web Token in the URL.", needsHTTP: true, clients: Set(ClientAPI.allCases))

    private let verifier: TokenVerifier

    public init(_ verifier: TokenVerifier) {
        self.verifier = verifier
    }

    public var name: String { Self.profile.name }
    public var challenge: String? { nil }

    public func isPresented(by request: some HandshakeRequest) -> Bool {
        !request.queries(Credential.tokenParameter).isEmpty
    }

    public func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        let tokens = request.queries(Credential.tokenParameter)
        guard let token = tokens.first else {
            throw AuthenticationFailure(.missing, "the query has no \(Credential.tokenParameter)")
        }
        guard tokens.count == 1 else {
            throw AuthenticationFailure(.ambiguous, "the query has \(tokens.count) tokens")
        }
        return try verifier.verify(token)
    }
}
