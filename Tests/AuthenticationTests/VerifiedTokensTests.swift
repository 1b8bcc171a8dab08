import Authentication
import Clocks
import OrderUpdates
import Synchronization
import Testing
import TransportCore

/// What is remembered of a token admits no token that would be refused without.
@Suite struct VerifiedTokensTests {
    private final class Rotation: KeySetProvider {
        private let keys: Mutex<KeySet>
        init(_ keys: KeySet) { self.keys = Mutex(keys) }
        var current: KeySet { keys.withLock { $0 } }
        func become(_ next: KeySet) { keys.withLock { $0 = next } }
    }

    private static func set(_ key: String) async throws -> KeySet {
        try KeySet(jwks: Array(TestKeys.set(key).utf8), origin: "test")
    }

    private let clock = ManualClock(unixNanoseconds: TokenBench.now * 1_000_000_000)

    private func token(_ signing: String = TestKeys.elliptic, lifetime: Duration = .seconds(60)) async throws -> String
    {
        try TokenIssuer(jwks: TestKeys.set(signing), origin: "test", clock: clock)
            .issue(subject: "alice", scopes: [.read], lifetime: lifetime)
    }

    @Test("A token that comes again gives the same principal")
    func aTokenThatComesAgainIsTheSamePrincipal() async throws {
        let verifier = TokenVerifier(
            keys: try await Self.set(TestKeys.ellipticPublic), policy: .development, clock: clock)
        let token = try await token()
        let first = try verifier.verify(token)
        #expect(first.subject == "alice" && first.scopes == [.read])
        #expect(try verifier.verify(token) == first)
    }

    @Test("A token that was verified before expires all the same") func itExpiresAllTheSame() async throws {
        let verifier = TokenVerifier(
            keys: try await Self.set(TestKeys.ellipticPublic), policy: .development, clock: clock)
        let token = try await token()
        _ = try verifier.verify(token)
        clock.advance(by: .seconds(66))
        let failure = #expect(throws: AuthenticationFailure.self) { try verifier.verify(token) }
        #expect(failure?.kind == .expired)
    }

    @Test("A token is refused once its key is removed, and accepted once the key is back")
    func aKeyThatIsRemovedCountsNoMoreAndAgainOnceItIsBack() async throws {
        let with = try await Self.set(TestKeys.ellipticPublic)
        let rotation = Rotation(with)
        let verifier = TokenVerifier(keys: rotation, policy: .development, clock: clock)
        let token = try await token()
        _ = try verifier.verify(token)
        rotation.become(try await Self.set(TestKeys.edwardsPublic))
        let failure = #expect(throws: AuthenticationFailure.self) { try verifier.verify(token) }
        #expect(failure?.kind == .unknownKey)
        rotation.become(with)
        #expect(try verifier.verify(token).subject == "alice")
    }

    @Test("A token is refused once the name of its key has moved to another key")
    func aNameThatMovesToAnotherKeyTakesNoTokenAlong() async throws {
        let rotation = Rotation(try await Self.set(TestKeys.ellipticPublic))
        let verifier = TokenVerifier(keys: rotation, policy: .development, clock: clock)
        let token = try await token()
        _ = try verifier.verify(token)
        rotation.become(try await Self.set(TestKeys.ellipticImpostor))
        let failure = #expect(throws: AuthenticationFailure.self) { try verifier.verify(token) }
        #expect(failure?.kind == .badSignature)
    }

    /// The header is remembered by itself, as all tokens of a key have the same.
    @Test("A header that is known does not vouch for another signature")
    func aHeaderThatIsKnownVouchesForNoSignature() async throws {
        let verifier = TokenVerifier(
            keys: try await Self.set(TestKeys.ellipticPublic), policy: .development, clock: clock)
        let token = try await token()
        _ = try verifier.verify(token)
        let forged = try await self.token(TestKeys.ellipticImpostor)
        #expect(forged.prefix { $0 != "." } == token.prefix { $0 != "." })
        let failure = #expect(throws: AuthenticationFailure.self) { try verifier.verify(forged) }
        #expect(failure?.kind == .badSignature)
        #expect(try verifier.verify(await self.token()).subject == "alice")
    }

    @Test("A verified token is refused with one byte changed") func oneOtherByteIsAnotherToken() async throws {
        let verifier = TokenVerifier(
            keys: try await Self.set(TestKeys.ellipticPublic), policy: .development, clock: clock)
        let token = try await token()
        _ = try verifier.verify(token)
        for index in token.indices {
            var other = token
            other.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            // The last character of a base64url text may hold bits that mean nothing, and must be refused with them set.
            #expect(throws: AuthenticationFailure.self, "\(other)") { try verifier.verify(other) }
        }
    }

    /// More tokens than are remembered, in any order, and with no room at all.
    @Test("A token that is no longer remembered is verified anew", arguments: [0, 1, 2, 5])
    func whatIsForgottenIsVerifiedAnew(memory: Int) async throws {
        let verifier = TokenVerifier(
            keys: try await Self.set(TestKeys.hmac), policy: .development, memory: memory, clock: clock)
        var tokens: [String] = []
        for _ in 0..<7 { tokens.append(try await token(TestKeys.hmac)) }
        for round in 0..<3 {
            for token in tokens + tokens.reversed() + [tokens[round], tokens[round]] {
                #expect(try verifier.verify(token).subject == "alice")
            }
        }
    }
}
