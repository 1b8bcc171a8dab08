import Authentication
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

    @Test func latestTimeDoesNotOverflow() async throws {
        let bench = try await TokenBench(
            policy: TokenPolicy(issuer: nil, audience: nil, clockSkew: .seconds(86_400)))
        let principal = try bench.present(try bench.sign(claims: #"{"sub":"alice","exp":9000000000}"#))
        #expect(principal.expires == 9_000_086_400)
        let early = try bench.sign(claims: #"{"sub":"alice","exp":9000000000,"nbf":9000000000}"#)
        #expect(bench.refusal(of: early)?.kind == .notYetValid)
    }

    /// What admits a token and what ends its stream agree: a principal's end is never before the last admission.
    @Test func endOfThePrincipalCoversTheSkew() async throws {
        let bench = try await TokenBench(
            policy: TokenPolicy(issuer: nil, audience: nil, clockSkew: .milliseconds(1_500)))
        let principal = try bench.present(bench.sign(claims: #"{"sub":"alice","exp":\#(TokenBench.now)}"#))
        #expect(principal.expires == TokenBench.now + 2)
    }
}
