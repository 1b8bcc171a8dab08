public import Clocks
import FoundationEssentials
public import TransportCore

/// A session cookie (RFC 6265). A page exchanges a token for it by `POST /session`, and gives it back by `DELETE
/// /session`.
///
/// Browsers send it by themselves, so a request must also show which page it comes from: by its origin and, where it
/// may change something, by the CSRF token, which only a page of an allowed origin could read.
public struct CookieScheme: AuthScheme {
    public static let profile = AuthSchemeProfile(
        "cookie", "A session cookie that a page gets for a token, with an origin check and a CSRF token.",
        needsHTTP: true,
        clients: Set(ClientAPI.allCases))

    public struct Settings: Hashable, Sendable {
        /// The length of a session in seconds. It ends no later than the token that it was exchanged for.
        public var lifetime: Int64 = 12 * 3600
        /// The maximum number of sessions.
        public var limit = 100_000

        public init() {}
    }

    private let sessions: SessionStore
    private let settings: Settings
    private let origins: OriginPolicy
    private let clock: any TimeSource

    public init(_ settings: Settings = Settings(), origins: OriginPolicy, clock: any TimeSource = MonotonicClock()) {
        sessions = SessionStore(limit: settings.limit, clock: clock)
        self.settings = settings
        self.origins = origins
        self.clock = clock
    }

    public var name: String { Self.profile.name }
    public var challenge: String? { nil }
    public var isAmbient: Bool { true }

    /// With TLS, a name that no other host and no unencrypted connection can set (RFC 6265bis, section 4.1.3.2).
    public static func cookieName(tls: Bool) -> String { tls ? "__Host-tandem-session" : "tandem-session" }

    public func isPresented(by request: some HandshakeRequest) -> Bool {
        !request.cookies(Self.cookieName(tls: request.isTLS)).isEmpty
    }

    public func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        let cookies = request.cookies(Self.cookieName(tls: request.isTLS))
        guard let cookie = cookies.first else {
            throw AuthenticationFailure(.missing, "the request has no session cookie")
        }
        guard cookies.count == 1 else {
            throw AuthenticationFailure(.ambiguous, "the request has \(cookies.count) session cookies")
        }
        guard let session = sessions.find(cookie) else {
            throw AuthenticationFailure(
                .withdrawn, "there is no such session: it has ended, or never was", setCookie: Self.clear(request.isTLS)
            )
        }
        guard session.principal.expires ?? .max > clock.unixNanoseconds / 1_000_000_000 else {
            throw AuthenticationFailure(.expired, "the session has expired", setCookie: Self.clear(request.isTLS))
        }
        try origins.check(request, needsOrigin: request.opensWebSocket)
        if request.isUnsafe {
            let text = request.header(Credential.csrfHeader)
            guard let text, let token = Base64URL.decode(text.utf8),
                areEqualInConstantTime(token, session.csrfToken)
            else {
                throw AuthenticationFailure(.crossSite, "the request lacks the session's \(Credential.csrfHeader)")
            }
        }
        return session.principal
    }

    public func status(of principal: Principal) -> CredentialStatus {
        guard let session = principal.credential?.session else { return .good }
        return sessions.holds(session) ? .good : .withdrawn
    }

    public func watchStatuses(_ notify: @escaping @Sendable () -> Void) { sessions.watch(notify) }

    public var endpoints: [CredentialEndpoint] {
        [
            CredentialEndpoint(.post, "/session") { [sessions, settings] request in
                guard request.principal.credential?.session == nil else {
                    return .init(refusing: 403, "log in with a token, not with a session")
                }
                guard let (cookie, session) = sessions.open(request.principal, lifetime: settings.lifetime) else {
                    return .init(refusing: 503, "there are too many sessions", retryAfter: 60)
                }
                return Self.answer(201, session, [("set-cookie", Self.setCookie(cookie, session, tls: request.isTLS))])
            },
            // A page that was reloaded asks for its CSRF token again.
            CredentialEndpoint(.get, "/session") { [sessions] request in
                guard let selector = request.principal.credential?.session, let session = sessions.session(selector)
                else {
                    return .init(refusing: 404, "the request is not of a session")
                }
                return Self.answer(200, session, [])
            },
            CredentialEndpoint(.delete, "/session") { [sessions] request in
                guard let selector = request.principal.credential?.session else {
                    return .init(refusing: 404, "the request is not of a session")
                }
                sessions.end(selector)
                return .init(204, headers: [("set-cookie", Self.clear(request.isTLS))])
            },
        ]
    }

    /// Removes the cookie from a page, which cannot do so itself. With a dead cookie it could not log in again,
    /// because it would present two credentials.
    private static func clear(_ tls: Bool) -> String {
        "\(cookieName(tls: tls))=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict" + (tls ? "; Secure" : "")
    }

    private static func setCookie(_ cookie: String, _ session: SessionStore.Session, tls: Bool) -> String {
        "\(cookieName(tls: tls))=\(cookie); Path=/; HttpOnly; SameSite=Strict" + (tls ? "; Secure" : "")
    }

    private static func answer(
        _ status: Int, _ session: SessionStore.Session, _ headers: [(name: String, value: String)]
    ) -> CredentialEndpoint.Answer {
        let expires = session.principal.expires.map(String.init) ?? "null"
        let body = "{\"csrfToken\":\"\(Base64URL.encode(session.csrfToken))\",\"expires\":\(expires)}"
        return .init(status, headers: headers + [("cache-control", "no-store")], body: Array(body.utf8))
    }
}
