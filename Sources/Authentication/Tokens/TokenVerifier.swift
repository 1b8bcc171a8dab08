public import Clocks
public import TransportCore

/// Turns a token into a principal on the calling thread: no task, no actor, no I/O.
///
/// Every scheme that carries a token, in whichever part of a handshake, verifies it here. The signatures of recent
/// tokens are remembered, because a page that reconnects, and every client after a restart, presents its token again.
/// Whether the key is still valid, and whether the token has expired or been revoked, is checked each time.
public struct TokenVerifier: Sendable {
    /// How many tokens' signatures are remembered by default. With usual tokens that is some 4 MB.
    public static let defaultMemory = 4_096
    /// An issuer writes the same header into all tokens of a key.
    private static let headerMemory = 32

    /// The contents of a token whose signature is valid.
    private struct Verified {
        /// The header's name for the key; nil where it has none.
        var kid: KeyID?
        var fingerprint: Int
        var claims: TokenClaims
    }

    let keys: any KeySetProvider
    let policy: TokenPolicy
    private let clock: any TimeSource
    private let tokens: RecentlyVerified<Verified>
    private let headers: RecentlyVerified<TokenHeader>

    /// - Parameter memory: how many tokens' signatures are remembered; with 0 none are, and each header is decoded
    ///   each time.
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

    /// - Throws: why the token is refused. Nothing of the payload is read before its signature has been verified.
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
            // A provider that follows a rotation may have the key soon; this token is refused all the same.
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
