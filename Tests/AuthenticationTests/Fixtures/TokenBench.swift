import Authentication
import Clocks
import OrderUpdates
import TransportCore

/// A server's verifier and the issuer whose keys it trusts, at a time that stands still.
struct TokenBench {
    /// 2023-11-14T22:13:20Z, in seconds since 1970.
    static let now: Int64 = 1_700_000_000

    let clock: ManualClock
    let issuer: TokenIssuer
    let verifier: TokenVerifier
    let scheme: BearerScheme

    /// - Parameters:
    ///   - signing: the JWKs that tokens are signed with.
    ///   - trusted: those that the server has; the same where left out.
    init(
        signing: [String] = [TestKeys.hmac], trusted: [String]? = nil,
        policy: TokenPolicy = TokenPolicy(issuer: "tandem", audience: "tandem", clockSkew: .seconds(10)),
        unixNanoseconds: Int64 = now * 1_000_000_000
    ) async throws {
        clock = ManualClock(unixNanoseconds: unixNanoseconds)
        issuer = try TokenIssuer(jwks: Self.set(signing), origin: "test", clock: clock)
        let keys = try KeySet(jwks: Array(Self.set(trusted ?? signing).utf8), origin: "test")
        verifier = TokenVerifier(keys: keys, policy: policy, clock: clock)
        scheme = BearerScheme(verifier)
    }

    /// What the server makes of a token.
    func present(_ token: String) throws(AuthenticationFailure) -> Principal {
        try scheme.authenticate(Handshake(authorization: "Bearer \(token)"))
    }

    /// The refusal of a token; nil where it was accepted.
    func refusal(of token: String) -> AuthenticationFailure? {
        do throws(AuthenticationFailure) {
            _ = try present(token)
            return nil
        } catch {
            return error
        }
    }

    /// A token of alice's that may read.
    func token(id: CredentialID? = nil) throws -> String {
        try issuer.issue(subject: "alice", scopes: [.read], lifetime: .seconds(60), id: id)
    }

    /// Signs this text, under this header or the key's own.
    func sign(header: String? = nil, claims: String) throws -> String {
        try issuer.sign(header: header.map { Array($0.utf8) }, payload: Array(claims.utf8))
    }

    private static func set(_ keys: [String]) -> String { "{\"keys\": [\(keys.joined(separator: ","))]}" }
}

extension Principal {
    /// The principal alone: which key signed its token is another question.
    var withoutCredential: Principal {
        var principal = self
        principal.credential = nil
        return principal
    }
}
