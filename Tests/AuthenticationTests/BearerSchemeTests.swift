import Authentication
import Clocks
import OrderUpdates
import Synchronization
import Testing
import TransportCore

@Suite struct BearerSchemeTests {
    @Test("The scheme is called bearer, and its challenge is that of RFC 6750") func namesItself() async throws {
        let scheme = try await TokenBench().scheme
        #expect(scheme.name == "bearer")
        // RFC 6750, section 3.
        #expect(scheme.challenge == "Bearer realm=\"tandem\"")
    }

    @Test(
        "The word Bearer is read in any case, and may have more spaces around it",
        arguments: ["Bearer T", "bearer T", "BEARER T", "bEaReR T", "Bearer   T", " Bearer T "])
    func acceptsForm(form: String) async throws {
        let bench = try await TokenBench()
        let token = try bench.issuer.issue(subject: "alice", scopes: [.read], lifetime: .seconds(60))
        let value = form.replacing("T", with: token)
        #expect(try bench.scheme.authenticate(Handshake(authorization: value)).subject == "alice")
    }

    @Test(
        "A header of another form is refused, and the cause does not quote the token",
        arguments: [
            (nil, AuthenticationFailure.Kind.missing),
            ("", .missing),
            ("   ", .missing),
            ("Basic T", .missing),
            ("T", .missing),
            ("BearerT", .missing),
            ("Bearer:T", .missing),
            ("Bearer\tT", .missing),
            ("Token T", .missing),
            ("Bearer", .malformed),
            ("Bearer ", .malformed),
            ("Bearer T T", .malformed),
            ("Bearer Bearer T", .malformed),
            // Two headers that a proxy joined (RFC 9110, section 5.3).
            ("Bearer T, Bearer T", .ambiguous),
            ("Bearer T,", .ambiguous),
            ("Bearer \"T\"", .malformed),
            ("Bearer T\r\nX: y", .malformed),
            ("Bearer T\u{0}", .malformed),
        ] as [(String?, AuthenticationFailure.Kind)])
    func refusesForm(form: String?, kind: AuthenticationFailure.Kind) async throws {
        let bench = try await TokenBench()
        let token = try bench.issuer.issue(subject: "alice", scopes: [.read], lifetime: .seconds(60))
        let request = Handshake(authorization: form?.replacing("T", with: token))
        let failure = #expect(throws: AuthenticationFailure.self) { try bench.scheme.authenticate(request) }
        #expect(failure?.kind == kind)
        #expect(failure?.cause.contains(token) == false)
    }

    /// A token in the address is not a bearer header: it would stand in logs (RFC 6750, section 5.3).
    @Test("A token in a parameter, a cookie or another header is passed over")
    func passesOverOtherPlaces() async throws {
        let bench = try await TokenBench()
        let token = try bench.issuer.issue(subject: "alice", scopes: [.read], lifetime: .seconds(60))
        var request = Handshake()
        request.parameters = ["access_token": [token], "authorization": ["Bearer \(token)"]]
        request.headers = ["cookie": "access_token=\(token)", "x-authorization": "Bearer \(token)"]
        #expect(throws: AuthenticationFailure(.missing, "the request has no Authorization header")) {
            try bench.scheme.authenticate(request)
        }
    }

    @Test("A token is verified by the keys that the provider has at that moment")
    func followsTheProvidersKeys() async throws {
        final class Rotation: KeySetProvider {
            let keys: Mutex<KeySet>
            init(_ keys: KeySet) { self.keys = Mutex(keys) }
            var current: KeySet { keys.withLock { $0 } }
        }
        let clock = ManualClock()
        let issuer = try TokenIssuer(jwks: TestKeys.set(TestKeys.elliptic), origin: "test", clock: clock)
        let rotation = Rotation(try KeySet(jwks: Array(TestKeys.set(TestKeys.ellipticPublic).utf8), origin: "test"))
        let scheme = BearerScheme(TokenVerifier(keys: rotation, policy: .development, clock: clock))
        let token = try issuer.issue(subject: "alice", scopes: [], lifetime: .seconds(60))
        let request = Handshake(authorization: "Bearer \(token)")
        #expect(try scheme.authenticate(request).subject == "alice")

        let next = try KeySet(jwks: Array(TestKeys.set(TestKeys.edwardsPublic).utf8), origin: "test")
        rotation.keys.withLock { $0 = next }
        let failure = #expect(throws: AuthenticationFailure.self) { try scheme.authenticate(request) }
        #expect(failure?.kind == .unknownKey)
    }

    @Test("Several threads can verify tokens at once") func verifiesOnSeveralThreadsAtOnce() async throws {
        let bench = try await TokenBench(
            signing: [TestKeys.elliptic], trusted: [TestKeys.ellipticPublic, TestKeys.hmac])
        let good = try bench.issuer.issue(subject: "alice", scopes: [.read], lifetime: .seconds(60))
        let bad = String(good.dropLast(4)) + "AAAA"
        let accepted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<200).count { bench.refusal(of: $0.isMultiple(of: 2) ? good : bad) == nil }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(accepted == 400)
    }
}
