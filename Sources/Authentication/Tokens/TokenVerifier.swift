public import Clocks
public import TransportCore

/// Turns a token into a principal, on the calling thread: no task, no actor, no I/O.
///
/// Every scheme that carries a token, in whichever part of a handshake, verifies it here. The signatures of tokens that come again
/// are remembered: a page that reconnects, and the storm after a restart, bring those that were verified before. Which keys count,
/// whether the token has expired and whether it has been revoked is asked each time, as of one never seen.
public struct TokenVerifier: Sendable {
    /// Tokens whose signatures are remembered by default: with a usual token, some 4 MB.
    public static let defaultMemory = 4_096
    /// An issuer writes the same header into all its tokens, a key each.
    private static let headerMemory = 32

    /// What was found in a token whose signature is good.
    private struct Verified {
        /// The header's name for the key; nil where it names none.
        var kid: KeyID?
        var fingerprint: Int
        var claims: TokenClaims
    }

    let keys: any KeySetProvider
    let policy: TokenPolicy
    private let clock: any TimeSource
    private let tokens: RecentlyVerified<Verified>
    private let headers: RecentlyVerified<TokenHeader>

    /// - Parameter memory: how many tokens' signatures are remembered; 0 remembers nothing, and decodes each header anew too.
    public init(
        keys: any KeySetProvider, policy: TokenPolicy, memory: Int = defaultMemory,
        clock: any TimeSource = MonotonicClock()
    ) {
        self.keys = keys
        self.policy = policy
        self.clock = clock
        tokens = RecentlyVerified(capacity: memory)
        headers = RecentlyVerified(capacity: min(memory, Self.headerMemory))
    }

    /// - Throws: the cause of the refusal. Nothing of the payload is looked at before its signature has been verified.
    public func verify(_ token: some StringProtocol) throws(AuthenticationFailure) -> Principal {
        let bytes = Array(token.utf8)
        let keys = keys.current
        if let seen = tokens.find(bytes), let key = keys.key(named: seen.kid), key.fingerprint == seen.fingerprint {
            return try policy.principal(of: seen.claims, signedBy: key, at: clock)
        }
        let compact = try CompactToken(bytes, maximumBytes: policy.maximumTokenBytes)
        let known = headers.find(compact.encodedHeader)
        let header = if let known { known } else { try compact.header() }
        let key: VerificationKey
        do throws(AuthenticationFailure) {
            key = try CompactToken.key(of: header, in: keys)
        } catch {
            // A provider that follows a rotation may have it soon; this token is refused all the same.
            self.keys.missesKey()
            throw error
        }
        let payload = try compact.verifiedPayload(header, by: key)
        guard let members = TokenMembers(json: payload) else {
            throw AuthenticationFailure(.malformed, "the payload is not a JSON object with unique names")
        }
        let claims = try TokenClaims(members)
        let principal = try policy.principal(of: claims, signedBy: key, at: clock)
        tokens.keep(Verified(kid: header.key, fingerprint: key.fingerprint, claims: claims), of: bytes)
        if known == nil { headers.keep(header, of: compact.encodedHeader) }
        return principal
    }
}
