public import Authentication
public import TransportCore

/// An auth scheme with its profile, and how it is made.
public struct AuthSchemeRegistration: Sendable {
    public let profile: AuthSchemeProfile
    public let make: @Sendable (AuthSettings) -> any AuthScheme

    init(_ profile: AuthSchemeProfile, make: @escaping @Sendable (AuthSettings) -> any AuthScheme) {
        self.profile = profile
        self.make = make
    }
}

/// The settings that schemes are made with.
public struct AuthSettings: Sendable {
    public var verifier: TokenVerifier
    public var origins: OriginPolicy
    public var sessions: CookieScheme.Settings
    public var tickets: TicketScheme.Settings
    /// The transports that a ticket can be for.
    public var transports: Set<TransportName>
    /// The scopes of a client certificate.
    public var certificateScopes: Set<Scope> = [.read, .command]

    public init(
        verifier: TokenVerifier, origins: OriginPolicy, sessions: CookieScheme.Settings = .init(),
        tickets: TicketScheme.Settings = .init(), transports: Set<TransportName>
    ) {
        self.verifier = verifier
        self.origins = origins
        self.sessions = sessions
        self.tickets = tickets
        self.transports = transports
    }
}

extension Catalog {
    /// Every auth scheme, in the order of reports. A new one adds its line here, and its file under `Schemes/`.
    public static let authSchemes: [AuthSchemeRegistration] = distinct([
        AuthSchemeRegistration(BearerScheme.profile) { BearerScheme($0.verifier) },
        AuthSchemeRegistration(CookieScheme.profile) { CookieScheme($0.sessions, origins: $0.origins) },
        AuthSchemeRegistration(QueryScheme.profile) { QueryScheme($0.verifier) },
        AuthSchemeRegistration(TicketScheme.profile) { TicketScheme($0.tickets, transports: $0.transports) },
        AuthSchemeRegistration(SubprotocolScheme.profile) { SubprotocolScheme($0.verifier) },
        AuthSchemeRegistration(FirstMessageScheme.profile) { FirstMessageScheme($0.verifier) },
        AuthSchemeRegistration(MutualTLSScheme.profile) {
            MutualTLSScheme(scopes: $0.certificateScopes, origins: $0.origins)
        },
        AuthSchemeRegistration(NoAuthentication.profile) { _ in NoAuthentication() },
    ])

    /// Nil where no scheme has the name.
    public static func authScheme(named name: String) -> AuthSchemeRegistration? {
        authSchemes.first { $0.profile.name == name }
    }

    /// The schemes of a server behind one gate. The bearer header is always accepted too: it is exchanged for
    /// sessions and tickets, and machines publish with it.
    public static func gate(
        of schemes: [AuthSchemeRegistration], _ settings: AuthSettings, revocations: RevocationList
    ) -> AuthGate {
        let bearer = authSchemes.filter { $0.profile.name == BearerScheme.profile.name }
        let others = schemes.filter { $0.profile.name != BearerScheme.profile.name }
        return AuthGate(
            (bearer + others).map { $0.make(settings) }, verifier: settings.verifier, revocations: revocations)
    }

    /// Traps where two schemes have the same name, because a server could not tell which one it accepts.
    package static func distinct(_ schemes: [AuthSchemeRegistration]) -> [AuthSchemeRegistration] {
        var names: Set<String> = []
        for scheme in schemes {
            precondition(
                names.insert(scheme.profile.name).inserted, "the scheme '\(scheme.profile.name)' is registered twice")
        }
        return schemes
    }
}
