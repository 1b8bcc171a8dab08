public import OrderUpdates

/// What a handshake shows to an auth scheme, whatever the transport.
public protocol HandshakeRequest {
    /// The value of a header field, by its lower-case name; nil where it is absent. Of a field that stands several times, the
    /// values with commas between them (RFC 9110, section 5.3).
    func header(_ name: String) -> String?
    /// Every value of a query parameter, percent-decoded.
    func queries(_ name: String) -> [String]
    /// Every value of a cookie (RFC 6265, section 5.4), also where it stands twice.
    func cookies(_ name: String) -> [String]
    /// Whether the connection is encrypted, at this server.
    var isTLS: Bool { get }
    /// Whether the request may change something (RFC 9110, section 9.2.1).
    var isUnsafe: Bool { get }
    /// Whether the request opens a WebSocket, which browsers let pages of any origin do.
    var opensWebSocket: Bool { get }
    /// What the request asks for, which a ticket is bound to.
    var target: HandshakeTarget { get }
    /// The client's certificate, which TLS has verified; nil where it showed none.
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
    /// Nil where the request is none of a transport: a command, a login.
    public var transport: TransportName?
    /// The orders by the names that the request gives them.
    public var orders: [OrderName]

    public init(transport: TransportName? = nil, orders: [OrderName] = []) {
        self.transport = transport
        self.orders = orders
    }
}

/// What of a verified client certificate counts (RFC 5280, section 4.1.2).
public struct ClientCertificate: Hashable, Sendable {
    /// Every common name of the subject; one is wanted.
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

/// The cause of a refusal: for our log, never for the peer, who learns the status alone.
public struct AuthenticationFailure: Error, Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case missing, malformed, badSignature, unknownKey, expired, notYetValid, wrongClaims
        /// Two credentials at once, or one twice.
        case ambiguous
        /// Withdrawn, used up, or of a session that has ended.
        case withdrawn
        /// Good, but from a page of an origin that is not allowed, or without the token that shows where it comes from.
        case crossSite
    }
    public var kind: Kind
    /// One line, without the credential or any part of it.
    public var cause: String
    /// A `Set-Cookie` for the peer, which takes a cookie from it that is good for nothing any more; nil for none.
    public var setCookie: String?

    public init(_ kind: Kind, _ cause: String, setCookie: String? = nil) {
        self.kind = kind
        self.cause = cause
        self.setCookie = setCookie
    }

    /// The status that the peer learns.
    public var status: Int {
        switch kind {
        case .ambiguous: 400
        case .crossSite: 403
        default: 401
        }
    }
}

/// The server's half of an authentication scheme. Called on a loop's thread, so it neither blocks nor suspends.
public protocol AuthScheme: Sendable {
    /// As it stands in an experiment's files: `bearer`, `none`.
    var name: String { get }
    /// The value of `WWW-Authenticate` with a 401; nil for none (RFC 9110, section 11.6.1).
    var challenge: String? { get }
    /// Whether browsers send the credential by themselves, with requests of any page.
    var isAmbient: Bool { get }
    /// Whether the request carries a credential of this scheme, good or bad.
    func isPresented(by request: some HandshakeRequest) -> Bool
    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal

    /// Whether a WebSocket may open without a credential, and present a token in its first message.
    var takesFirstMessage: Bool { get }
    /// The principal of a token that came in a message: the first one, or one that renews.
    func authenticate(token: String) throws(AuthenticationFailure) -> Principal

    /// What has become of a credential since. Cheap: a loop asks for each that it has streams of.
    func status(of principal: Principal) -> CredentialStatus
    /// Has `notify` called, on any thread, whenever a standing may have changed other than by time: for as long as the scheme lives, so
    /// it holds weakly what it tells.
    func watchStatuses(_ notify: @escaping @Sendable () -> Void)
    /// The requests by which credentials are exchanged, given back and withdrawn.
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

    /// Made once: a set for each request would be allocated.
    private let anyone = Principal(subject: "anyone", scopes: Set(Scope.allCases), ownsEverything: true)

    public init() {}
    public var name: String { Self.profile.name }
    public var challenge: String? { nil }
    public func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal { anyone }
}
