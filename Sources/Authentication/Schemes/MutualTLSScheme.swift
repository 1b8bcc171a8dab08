public import Clocks
import OrderUpdates
public import TransportCore

/// A client certificate (RFC 8446, section 4.4.2), which TLS verifies against the server's authorities. Its one
/// common name is the owner of the orders.
///
/// A browser sends a certificate with requests of any page, as it does a cookie. So requests that may change
/// something, and WebSockets, must come from an allowed origin or from no page (see `OriginPolicy`).
public struct MutualTLSScheme: AuthScheme {
    public static let profile = AuthSchemeProfile(
        "mtls", "A client certificate, verified by TLS.", needsTLS: true,
        clients: Set(ClientAPI.allCases))

    /// The scopes of every certificate. It names a subject, and does not say what the subject may do.
    private let scopes: Set<Scope>
    private let origins: OriginPolicy
    private let clock: any TimeSource

    public init(scopes: Set<Scope>, origins: OriginPolicy, clock: any TimeSource = MonotonicClock()) {
        self.scopes = scopes
        self.origins = origins
        self.clock = clock
    }

    public var name: String { Self.profile.name }
    public var challenge: String? { nil }
    public var isAmbient: Bool { true }

    public func isPresented(by request: some HandshakeRequest) -> Bool { request.clientCertificate != nil }

    public func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        guard let certificate = request.clientCertificate else {
            throw AuthenticationFailure(.missing, "TLS showed no client certificate")
        }
        guard certificate.commonNames.count == 1, let name = certificate.commonNames.first, !name.isEmpty,
            name.utf8.count <= 256, TokenClaims.isPrintable(name.description)
        else {
            throw AuthenticationFailure(
                .wrongClaims, "the certificate has not one common name that could be an owner's")
        }
        // TLS checked this in the handshake, but the connection may carry requests for longer than the certificate is
        // valid.
        let now = clock.unixNanoseconds / 1_000_000_000
        guard now < certificate.notAfter else { throw AuthenticationFailure(.expired, "the certificate has expired") }
        try origins.check(request, needsOrigin: false)
        return Principal(
            subject: name, scopes: scopes, expires: certificate.notAfter,
            credential: CredentialIdentity(id: certificate.serialNumber, issuedAt: certificate.notBefore))
    }
}
