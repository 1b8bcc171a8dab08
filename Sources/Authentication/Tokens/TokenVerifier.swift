public import Clocks
public import TransportCore

/// Turns a token into a principal, on the calling thread: no task, no actor, no I/O.
///
/// Every scheme that carries a token, in whichever part of a handshake, verifies it here. There is no cache of verified
/// tokens: a cache would have to follow revocation and the removal of keys, to save a fraction of a TLS handshake.
public struct TokenVerifier: Sendable {
    private let keys: any KeySetProvider
    private let policy: TokenPolicy
    private let clock: any TimeSource

    public init(keys: any KeySetProvider, policy: TokenPolicy, clock: any TimeSource = MonotonicClock()) {
        self.keys = keys
        self.policy = policy
        self.clock = clock
    }

    /// - Throws: the cause of the refusal. Nothing of the payload is looked at before its signature has been verified.
    public func verify(_ token: some StringProtocol) throws(AuthenticationFailure) -> Principal {
        let compact = try CompactToken(token, maximumBytes: policy.maximumTokenBytes)
        let payload = try compact.verifiedPayload(by: keys.current)
        guard let claims = try TokenClaims.decode(json: payload) else {
            throw AuthenticationFailure(.malformed, "the payload is not a JSON object with unique names")
        }
        return try policy.principal(of: claims, at: clock)
    }
}
