public import OrderUpdates

/// What an auth scheme can see of a handshake, whatever the transport.
public protocol HandshakeRequest {
    /// The value of a header field, by its lower-case name; nil where it is absent. A field that occurs several times
    /// has its values joined with commas (RFC 9110, section 5.3).
    func header(_ name: String) -> String?
    /// Every value of a query parameter, percent-decoded.
    func queries(_ name: String) -> [String]
    /// Every value of a cookie (RFC 6265, section 5.4), also where it occurs twice.
    func cookies(_ name: String) -> [String]
    /// Whether the connection is encrypted at this server.
    var isTLS: Bool { get }
    /// Whether the request may change something (RFC 9110, section 9.2.1).
    var isUnsafe: Bool { get }
    /// Whether the request opens a WebSocket, which browsers let pages of any origin do.
    var opensWebSocket: Bool { get }
    /// What the request asks for. A ticket is bound to it.
    var target: HandshakeTarget { get }
    /// The client's certificate, which TLS has verified; nil where the client sent none.
    var clientCertificate: ClientCertificate? { get }
}

extension HandshakeRequest {
    public func cookies(_ name: String) -> [String] { [] }
    public var isTLS: Bool { false }
    public var isUnsafe: Bool { false }
    public var opensWebSocket: Bool { false }
    public var target: HandshakeTarget { HandshakeTarget() }
    public var clientCertificate: ClientCertificate? { nil }
}

/// What a request asks for.
public struct HandshakeTarget: Hashable, Sendable {
    /// Nil where the request belongs to no transport: a command, a login.
    public var transport: TransportName?
    /// The orders, by the names in the request.
    public var orders: [OrderName]

    public init(transport: TransportName? = nil, orders: [OrderName] = []) {
        self.transport = transport
        self.orders = orders
    }
}

/// The fields of a verified client certificate that are used (RFC 5280, section 4.1.2).
public struct ClientCertificate: Hashable, Sendable {
    /// Every common name of the subject. There must be exactly one.
    public var commonNames: [Subject]
    /// In hexadecimal.
    public var serialNumber: CredentialID
    /// Seconds since 1970.
    public var notBefore: Int64
    public var notAfter: Int64

    public init(commonNames: [Subject], serialNumber: CredentialID, notBefore: Int64, notAfter: Int64) {
        self.commonNames = commonNames
        self.serialNumber = serialNumber
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}

/// Why a credential is refused. It is for our log, and never for the peer, who gets only the status.
public struct AuthenticationFailure: Error, Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case missing, malformed, badSignature, unknownKey, expired, notYetValid, wrongClaims
        /// Two credentials at once, or one twice.
        case ambiguous
        /// Revoked, used up, or of a session that has ended.
        case withdrawn
        /// Valid, but from a page of an origin that is not allowed, or without the CSRF token.
        case crossSite
    }
    public var kind: Kind
    /// One line without the credential or any part of it.
    public var cause: String
    /// A `Set-Cookie` that removes a cookie whose session has ended; nil for none.
    public var setCookie: String?

    public init(_ kind: Kind, _ cause: String, setCookie: String? = nil) {
        self.kind = kind
        self.cause = cause
        self.setCookie = setCookie
    }

    /// The status that the peer gets.
    public var status: Int {
        switch kind {
        case .ambiguous: 400
        case .crossSite: 403
        default: 401
        }
    }
}

/// The server's half of an authentication scheme. It is called on a loop's thread, so it neither blocks nor suspends.
public protocol AuthScheme: Sendable {
    /// The name in an experiment's files: `bearer`, `none`.
    var name: String { get }
    /// The value of `WWW-Authenticate` with a 401; nil for none (RFC 9110, section 11.6.1).
    var challenge: String? { get }
    /// Whether browsers send the credential by themselves, with requests of any page.
    var isAmbient: Bool { get }
    /// Whether the request carries a credential of this scheme, good or bad.
    func isPresented(by request: some HandshakeRequest) -> Bool
    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal

    /// Whether a WebSocket may open without a credential and present a token in its first message.
    var takesFirstMessage: Bool { get }
    /// The principal of a token that came in a message: the first message, or a renewal.
    func authenticate(token: String) throws(AuthenticationFailure) -> Principal

    /// Whether a credential is still valid. It is cheap: a loop asks for each credential that it has streams of.
    func status(of principal: Principal) -> CredentialStatus
    /// Calls `notify`, on any thread, whenever a status may have changed for another reason than time. It does so for
    /// as long as the scheme lives, so `notify` must not keep alive what it tells.
    func watchStatuses(_ notify: @escaping @Sendable () -> Void)
    /// The requests that exchange, give back and revoke credentials.
    var endpoints: [CredentialEndpoint] { get }
}

extension AuthScheme {
    public var isAmbient: Bool { false }
    public func isPresented(by request: some HandshakeRequest) -> Bool { true }
    public var takesFirstMessage: Bool { false }
    public func authenticate(token: String) throws(AuthenticationFailure) -> Principal {
        throw AuthenticationFailure(.missing, "the scheme \(name) takes no token in a message")
    }
    public func status(of principal: Principal) -> CredentialStatus { .good }
    public func watchStatuses(_ notify: @escaping @Sendable () -> Void) {}
    public var endpoints: [CredentialEndpoint] { [] }
}

/// The scheme `none`: everyone may do everything. For floor measurements only.
public struct NoAuthentication: AuthScheme {
    public static let profile = AuthSchemeProfile(
        "none", "Everyone may do everything: for floor measurements.", clients: Set(ClientAPI.allCases))

    /// Made once, because a set for each request would have to be allocated.
    private let anyone = Principal(subject: "anyone", scopes: Set(Scope.allCases), ownsEverything: true)

    public init() {}
    public var name: String { Self.profile.name }
    public var challenge: String? { nil }
    public func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal { anyone }
}
