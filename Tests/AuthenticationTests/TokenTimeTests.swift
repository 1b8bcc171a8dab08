import Authentication
import OrderUpdates
import Testing
import TransportCore

/// The borders of a token's life, to the nanosecond.
@Suite struct TokenTimeTests {
    private static let exp = TokenBench.now
    private static let nbf = TokenBench.now - 3_600

    /// - Parameter offset: nanoseconds from `exp` to now.
    private func refusal(
        skew: Duration, at unixNanoseconds: Int64
    ) async throws -> AuthenticationFailure.Kind? {
        let bench = try await TokenBench(
            policy: TokenPolicy(issuer: nil, audience: nil, clockSkew: skew), unixNanoseconds: unixNanoseconds)
        let token = try bench.sign(claims: #"{"sub":"alice","exp":\#(Self.exp),"nbf":\#(Self.nbf)}"#)
        return bench.refusal(of: token)?.kind
    }

    @Test(
        "A token is refused from its end and the skew on, to the nanosecond",
        arguments: [
            (Duration.zero, Int64(-1), nil),
            // RFC 7519, section 4.1.4: on or after the time the token must not be accepted.
            (.zero, 0, AuthenticationFailure.Kind.expired),
            (.seconds(10), 9_999_999_999, nil),
            (.seconds(10), 10_000_000_000, .expired),
            (.milliseconds(500), 499_999_999, nil),
            (.milliseconds(500), 500_000_000, .expired),
            (.seconds(86_400), 86_399_999_999_999, nil),
            (.seconds(86_400), 86_400_000_000_000, .expired),
        ] as [(Duration, Int64, AuthenticationFailure.Kind?)])
    func end(skew: Duration, offset: Int64, kind: AuthenticationFailure.Kind?) async throws {
        #expect(try await refusal(skew: skew, at: Self.exp * 1_000_000_000 + offset) == kind)
    }

    @Test(
        "A token is refused until its beginning less the skew, to the nanosecond",
        arguments: [
            // RFC 7519, section 4.1.5: before the time the token must not be accepted.
            (Duration.zero, Int64(-1), AuthenticationFailure.Kind.notYetValid),
            (.zero, 0, nil),
            (.seconds(10), -10_000_000_001, .notYetValid),
            (.seconds(10), -10_000_000_000, nil),
        ] as [(Duration, Int64, AuthenticationFailure.Kind?)])
    func start(skew: Duration, offset: Int64, kind: AuthenticationFailure.Kind?) async throws {
        #expect(try await refusal(skew: skew, at: Self.nbf * 1_000_000_000 + offset) == kind)
    }

    @Test(
        "A token issued ahead of the server's clock is refused beyond the skew, and the second that it may be rounded up to",
        arguments: [
            (Duration.zero, Int64(0), Int64(0), nil),
            // Half a second into it: what was issued at the same time, and rounded, is in the next second.
            (.zero, 1, 500_000_000, nil),
            (.zero, 1, 0, AuthenticationFailure.Kind.notYetValid),
            (.zero, 2, 500_000_000, .notYetValid),
            (.seconds(5), 5, 0, nil),
            (.seconds(5), 6, 0, .notYetValid),
            (.seconds(86_400), 86_400, 0, nil),
            (.seconds(86_400), 86_401, 0, .notYetValid),
        ] as [(Duration, Int64, Int64, AuthenticationFailure.Kind?)])
    func issuedAhead(
        skew: Duration, seconds: Int64, nanoseconds: Int64, kind: AuthenticationFailure.Kind?
    ) async throws {
        let bench = try await TokenBench(
            policy: TokenPolicy(issuer: nil, audience: nil, clockSkew: skew),
            unixNanoseconds: TokenBench.now * 1_000_000_000 + nanoseconds)
        let token = try bench.sign(claims: #"{"sub":"alice","exp":8000000000,"iat":\#(TokenBench.now + seconds)}"#)
        #expect(bench.refusal(of: token)?.kind == kind)
    }

    @Test("A principal's revocation reaches the tokens of its own second, whatever fraction they say")
    func revocationReachesFractions() async throws {
        let bench = try await TokenBench(policy: TokenPolicy(issuer: nil, audience: nil))
        let token = try bench.sign(claims: #"{"sub":"alice","exp":8000000000,"iat":\#(TokenBench.now).75}"#)
        #expect(try bench.present(token).credential?.issuedAt == TokenBench.now)
    }

    @Test("The latest time that a token may have does not overflow") func latestTimeDoesNotOverflow() async throws {
        let bench = try await TokenBench(
            policy: TokenPolicy(issuer: nil, audience: nil, clockSkew: .seconds(86_400)))
        let principal = try bench.present(try bench.sign(claims: #"{"sub":"alice","exp":9000000000}"#))
        #expect(principal.expires == 9_000_086_400)
        let early = try bench.sign(claims: #"{"sub":"alice","exp":9000000000,"nbf":9000000000}"#)
        #expect(bench.refusal(of: early)?.kind == .notYetValid)
    }

    /// So what admits a token and what ends its stream agree.
    @Test("A principal's end is that of its token and the skew, rounded up to a second")
    func endOfThePrincipalCoversTheSkew() async throws {
        let bench = try await TokenBench(
            policy: TokenPolicy(issuer: nil, audience: nil, clockSkew: .milliseconds(1_500)))
        let principal = try bench.present(bench.sign(claims: #"{"sub":"alice","exp":\#(TokenBench.now)}"#))
        #expect(principal.expires == TokenBench.now + 2)
    }
}
