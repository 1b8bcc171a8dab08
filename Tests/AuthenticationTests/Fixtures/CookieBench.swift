import Authentication
import Clocks
import OrderUpdates
import Testing
import TransportCore

/// A cookie scheme at a time that stands still, and one session of alice's.
struct CookieBench {
    static let alice = Principal(
        subject: "alice", scopes: [.read, .command], expires: TokenBench.now + 600,
        credential: CredentialIdentity(id: "t1", issuedAt: TokenBench.now, key: 7))

    let clock = ManualClock()
    let scheme: CookieScheme
    let isTLS: Bool
    let cookie: String
    let csrfToken: String
    /// What the login answered.
    let answer: CredentialEndpoint.Answer

    init(
        allowed: [Origin] = [], tls: Bool = true, lifetime: Int64 = 3600, limit: Int = 10,
        principal: Principal = alice
    ) throws {
        var settings = CookieScheme.Settings()
        settings.lifetime = lifetime
        settings.limit = limit
        scheme = CookieScheme(settings, origins: OriginPolicy(allowed: allowed), clock: clock)
        isTLS = tls
        answer = try scheme.call(.post, "/session", as: principal, isTLS: tls)
        try #require(answer.status == 201)
        cookie = try Self.value(of: answer, tls: tls)
        csrfToken = try answer.member("csrfToken")
    }

    static func value(of answer: CredentialEndpoint.Answer, tls: Bool) throws -> String {
        let field = try #require(answer.header("set-cookie"))
        let pair = try #require(field.split(separator: ";").first)
        try #require(pair.hasPrefix(CookieScheme.cookieName(tls: tls) + "="))
        return String(pair.split(separator: "=", maxSplits: 1)[1])
    }

    /// A request that carries the session's cookie.
    func request(_ cookies: String...) -> Handshake {
        var request = Handshake()
        request.isTLS = isTLS
        request.cookieValues[CookieScheme.cookieName(tls: isTLS)] = cookies.isEmpty ? [cookie] : cookies
        return request
    }
}
