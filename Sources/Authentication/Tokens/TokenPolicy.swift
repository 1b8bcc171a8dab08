import Clocks
public import OrderUpdates
import TransportCore

/// Which tokens a server takes, beyond those whose signature is good.
public struct TokenPolicy: Hashable, Sendable {
    /// What `iss` must be; nil takes any issuer that has one of the keys.
    public var issuer: Issuer?
    /// What must stand among `aud`; nil takes only tokens without an audience, because those with one are meant for
    /// somebody else (RFC 7519, section 4.1.3).
    public var audience: Audience?
    /// How far the issuer's clock may be off, either way; from zero to a day.
    public var clockSkew: Duration
    /// Bytes of a token; a longer one is refused unread.
    public var maximumTokenBytes: Int

    public init(
        issuer: Issuer?, audience: Audience?, clockSkew: Duration = .seconds(5), maximumTokenBytes: Int = 8 * 1024
    ) {
        precondition(clockSkew >= .zero && clockSkew <= .seconds(86_400), "the clock skew is from zero to a day")
        precondition(maximumTokenBytes > 0, "a token has bytes")
        self.issuer = issuer
        self.audience = audience
        self.clockSkew = clockSkew
        self.maximumTokenBytes = maximumTokenBytes
    }

    /// For keys and tokens that `tandem token` makes: issuer and audience are both `tandem`.
    public static let development = TokenPolicy(issuer: "tandem", audience: "tandem")

    /// The principal of claims whose signature was good.
    ///
    /// The principal's end is `exp` plus the skew, rounded up to a second: what admits a token and what ends its
    /// stream must agree, or a client would be let in and cut in turn.
    func principal(
        of claims: TokenClaims, signedBy key: VerificationKey, at clock: some TimeSource
    ) throws(AuthenticationFailure) -> Principal {
        if let issuer, claims.issuer != issuer {
            throw AuthenticationFailure(.wrongClaims, "iss is not \(issuer)")
        }
        if let audience {
            guard claims.audiences?.contains(audience) == true else {
                throw AuthenticationFailure(.wrongClaims, "aud does not name \(audience)")
            }
        } else if claims.audiences != nil {
            throw AuthenticationFailure(
                .wrongClaims, "the token is for an audience, and this server is set to have none")
        }
        // No sum here overflows: both times end in 2255, the skew is a day at most.
        let now = clock.unixNanoseconds
        let skew = clockSkew.nanoseconds
        let end = claims.expires * 1_000_000_000 + skew
        guard now < end else {
            throw AuthenticationFailure(.expired, "the token expired \((now - end) / 1_000_000_000) s ago")
        }
        if let notBefore = claims.notBefore {
            let start = notBefore * 1_000_000_000 - skew
            guard now >= start else {
                throw AuthenticationFailure(.notYetValid, "the token is valid in \((start - now) / 1_000_000_000) s")
            }
        }
        // What a revocation of the principal would not reach is not let in.
        if let issuedAt = claims.issuedAt, issuedAt > Self.latestIssue(at: now, clockSkew: clockSkew) {
            throw AuthenticationFailure(
                .notYetValid,
                "iat lies \(issuedAt - now / 1_000_000_000) s ahead: compare the issuer's clock with this one")
        }
        let expires = (end + 999_999_999) / 1_000_000_000
        return Principal(
            subject: claims.subject, scopes: claims.scopes, expires: expires,
            credential: CredentialIdentity(id: claims.id, issuedAt: claims.issuedAt, key: key.fingerprint))
    }

    /// The latest `iat` that a token may have: an issuer may round to the second that has begun. Through this second a revocation of
    /// a principal withdraws what was issued.
    static func latestIssue(at unixNanoseconds: Int64, clockSkew: Duration) -> Int64 {
        (unixNanoseconds + clockSkew.nanoseconds + 999_999_999) / 1_000_000_000
    }
}
