public import Clocks
public import TransportCore

/// Turns a token into a principal, on the calling thread: no task, no actor, no I/O.
///
/// Every scheme that carries a token, in whichever part of a handshake, verifies it here. The signatures of tokens that come again
/// are remembered: a page that reconnects, and the storm after a restart, bring those that were verified before.
public struct TokenVerifier: Sendable {
    /// Tokens whose signatures are remembered by default: with a usual token, some 4 MB.
    public static let defaultMemory = 4_096

    let keys: any KeySetProvider
    let policy: TokenPolicy
    private let clock: any TimeSource
    private let verified: VerifiedTokens

    /// - Parameter memory: how many tokens' signatures are remembered; 0 verifies each anew.
    public init(
        keys: any KeySetProvider, policy: TokenPolicy, memory: Int = defaultMemory,
        clock: any TimeSource = MonotonicClock()
    ) {
        self.keys = keys
        self.policy = policy
        self.clock = clock
        verified = VerifiedTokens(capacity: memory)
    }

    /// - Throws: the cause of the refusal. Nothing of the payload is looked at before its signature has been verified.
    public func verify(_ token: some StringProtocol) throws(AuthenticationFailure) -> Principal {
        let bytes = Array(token.utf8)
        let keys = keys.current
        if let seen = verified.find(bytes), let key = keys.key(named: seen.kid), key.fingerprint == seen.fingerprint {
            return try policy.principal(of: seen.claims, signedBy: key, at: clock)
        }
        let compact = try CompactToken(bytes, maximumBytes: policy.maximumTokenBytes)
        let header = try compact.header()
        let key: VerificationKey
        do throws(AuthenticationFailure) {
            key = try CompactToken.key(of: header, in: keys)
        } catch {
            // A provider that follows a rotation may have it soon; this token is refused all the same.
            self.keys.missesKey()
            throw error
        }
        let payload = try compact.verifiedPayload(header, by: key)
        guard let claims = try TokenClaims.decode(json: payload) else {
            throw AuthenticationFailure(.malformed, "the payload is not a JSON object with unique names")
        }
        let principal = try policy.principal(of: claims, signedBy: key, at: clock)
        verified.keep(bytes, .init(kid: header.key, fingerprint: key.fingerprint, claims: claims))
        return principal
    }
}
