/// What a handshake shows to an auth scheme, whatever the transport.
public protocol HandshakeRequest {
    /// The first value of a header, by its lower-case name; nil where it is absent.
    func header(_ name: String) -> String?
    /// The first value of a query parameter, percent-decoded; nil where it is absent.
    func query(_ name: String) -> String?
}

/// Who a verified credential speaks for.
public struct Principal: Hashable, Sendable {
    public var subject: String
    public var scopes: Set<Scope>
    /// Seconds since 1970 at which the credential ends; nil where it does not.
    public var expires: Int64?
    /// Whether ownership is not checked: only with the scheme `none`, for floor measurements.
    public var ownsEverything: Bool

    public init(subject: String, scopes: Set<Scope>, expires: Int64? = nil, ownsEverything: Bool = false) {
        self.subject = subject
        self.scopes = scopes
        self.expires = expires
        self.ownsEverything = ownsEverything
    }

    public func owns(_ owner: String) -> Bool { ownsEverything || owner == subject }
}

/// What a credential allows.
public enum Scope: String, Hashable, Sendable, CaseIterable {
    case read = "orders:read"
    case publish = "orders:publish"
    case command = "orders:command"
}

/// The cause of a refusal: for our log, never for the peer, who learns the status alone.
public struct AuthenticationFailure: Error, Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case missing, malformed, badSignature, unknownKey, expired, notYetValid, wrongClaims
    }
    public var kind: Kind
    /// One line, without the credential or any part of it.
    public var cause: String

    public init(_ kind: Kind, _ cause: String) {
        self.kind = kind
        self.cause = cause
    }
}

/// The server's half of an authentication scheme. Called on a loop's thread, so it neither blocks nor suspends.
public protocol AuthScheme: Sendable {
    /// As it stands in an experiment's files: `bearer`, `none`.
    var name: String { get }
    /// The value of `WWW-Authenticate` with a 401; nil for none (RFC 9110, section 11.6.1).
    var challenge: String? { get }
    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal
}

/// The scheme `none`: everyone may do everything. For floor measurements only.
public struct NoAuthentication: AuthScheme {
    public init() {}
    public var name: String { "none" }
    public var challenge: String? { nil }
    public func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        Principal(subject: "anyone", scopes: Set(Scope.allCases), ownsEverything: true)
    }
}

/// The client's half: what it presents.
public enum Credential: Hashable, Sendable {
    case none
    /// `Authorization: Bearer` (RFC 6750, section 2.1).
    case bearer(String)

    /// The header fields to send, with lower-case names.
    public var headers: [(name: String, value: String)] {
        switch self {
        case .none: []
        case .bearer(let token): [("authorization", "Bearer \(token)")]
        }
    }
}
