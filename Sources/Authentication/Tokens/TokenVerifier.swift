public import Clocks
public import TransportCore

/// Turns a token into a principal, on the calling thread: no task, no actor, no I/O.
///
/// Every scheme that carries a token, in whichever part of a handshake, verifies it here. There is no cache of verified
/// tokens: a cache would have to follow revocation and the removal of keys, to save a fraction of a TLS handshake.
public struct TokenVerifier: Sendable {
    let keys: any KeySetProvider
    let policy: TokenPolicy
    private let clock: any TimeSource

    public init(keys: any KeySetProvider, policy: TokenPolicy, clock: any TimeSource = MonotonicClock()) {
        self.keys = keys
        self.policy = policy
        self.clock = clock
    }

    /// - Throws: the cause of the refusal. Nothing of the payload is looked at before its signature has been verified.
    public func verify(_ token: some StringProtocol) throws(AuthenticationFailure) -> Principal {
        let compact = try CompactToken(token, maximumBytes: policy.maximumTokenBytes)
        let header = try compact.header()
        let key: VerificationKey
        do throws(AuthenticationFailure) {
            key = try CompactToken.key(of: header, in: keys.current)
        } catch {
            // A provider that follows a rotation may have it soon; this token is refused all the same.
            keys.missesKey()
            throw error
        }
        let payload = try compact.verifiedPayload(header, by: key)
        guard let claims = try TokenClaims.decode(json: payload) else {
            throw AuthenticationFailure(.malformed, "the payload is not a JSON object with unique names")
        }
        return try policy.principal(of: claims, signedBy: key, at: clock)
    }
}
