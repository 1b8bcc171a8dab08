import Clocks
public import OrderUpdates
import TransportCore

/// Which tokens a server accepts, in addition to a valid signature.
public struct TokenPolicy: Hashable, Sendable {
    /// What `iss` must be; nil accepts any issuer that has one of the keys.
    public var issuer: Issuer?
    /// What `aud` must contain; nil accepts only tokens without an audience, because one with an audience is meant
    /// for another server (RFC 7519, section 4.1.3).
    public var audience: Audience?
    /// How far the issuer's clock may be off in either direction, from zero to a day.
    public var clockSkew: Duration
    /// The maximum length of a token in bytes. A longer one is refused without being read.
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

    /// The principal of claims whose signature was valid.
    ///
    /// The principal ends at `exp` plus the skew, rounded up to a second. The end of a stream must agree with what
    /// admits a token, or a client would be let in and cut off repeatedly.
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
        // No sum here overflows: both times are before 2255, and the skew is at most a day.
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
        // A token that a revocation of its subject would not reach is refused.
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

    /// The latest `iat` that a token may have: an issuer may round it to the second that has begun. A revocation of a
    /// subject covers everything that was issued up to this second.
    static func latestIssue(at unixNanoseconds: Int64, clockSkew: Duration) -> Int64 {
        (unixNanoseconds + clockSkew.nanoseconds + 999_999_999) / 1_000_000_000
    }
}
