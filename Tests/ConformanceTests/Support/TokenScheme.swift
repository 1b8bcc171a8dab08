import TransportCore

/// An auth scheme for tests: the bearer token is the subject's name, and says its scopes.
struct TokenScheme: AuthScheme {
    static let owner = "alice"
    static let good = Credential.bearer("alice")
    static let foreign = Credential.bearer("mallory")
    /// Alice's, without the scope to read.
    static let cannotRead = Credential.bearer("alice-publishes")
    /// Alice's, without the scope to command.
    static let readsOnly = Credential.bearer("alice-reads")
    static let unknown = Credential.bearer("nobody")

    private static let principals: [String: Principal] = [
        "alice": Principal(subject: owner, scopes: Set(Scope.allCases)),
        "alice-publishes": Principal(subject: owner, scopes: [.publish]),
        "alice-reads": Principal(subject: owner, scopes: [.read]),
        "bob": Principal(subject: "bob", scopes: Set(Scope.allCases)),
        "mallory": Principal(subject: "mallory", scopes: Set(Scope.allCases)),
    ]

    var name: String { "bearer" }
    var challenge: String? { "Bearer" }

    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        guard let header = request.header("authorization") else {
            throw AuthenticationFailure(.missing, "no Authorization header")
        }
        guard let principal = Self.principals[String(header.dropFirst("Bearer ".count))] else {
            throw AuthenticationFailure(.unknownKey, "not a token of the tests")
        }
        return principal
    }
}
