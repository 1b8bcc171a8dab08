import Authentication
import Clocks
import Foundation
import OrderUpdates
import Synchronization
import Testing
import TransportCore

@Suite struct RotatingKeysTests {
    /// What a provider publishes, and how often it was asked.
    private final class Publisher: Sendable {
        private struct State {
            var text: String?
            var error: String?
            var reads = 0
            var complaints: [String] = []
            var changes = 0
        }
        private let state: Mutex<State>

        init(_ text: String) { state = Mutex(State(text: text)) }

        func publish(_ text: String?) { state.withLock { ($0.text, $0.error) = (text, nil) } }
        func fail(_ error: String) { state.withLock { $0.error = error } }
        func change() { state.withLock { $0.changes += 1 } }
        func complain(_ line: String) { state.withLock { $0.complaints.append(line) } }
        var reads: Int { state.withLock { $0.reads } }
        var changes: Int { state.withLock { $0.changes } }
        var complaints: [String] { state.withLock { $0.complaints } }

        func read() throws -> [UInt8]? {
            try state.withLock { state in
                state.reads += 1
                if let error = state.error { throw CredentialError(.unavailable, error) }
                return state.text.map { Array($0.utf8) }
            }
        }
    }

    /// A clock that stands still, and counts how often it is asked: once at each turn of the task that follows the keys.
    private final class CountingClock: TimeSource {
        private let manual = ManualClock()
        private let asked = Atomic(0)
        var turns: Int { asked.load(ordering: .relaxed) }
        var now: MonotonicInstant {
            asked.add(1, ordering: .relaxed)
            return manual.now
        }
        var unixNanoseconds: Int64 { manual.unixNanoseconds }
        func advance(by duration: Duration) { manual.advance(by: duration) }
    }

    private let clock = CountingClock()
    private let publisher = Publisher(TestKeys.set(TestKeys.hmac))

    /// Looks each minute, at most each second; a turn of its task takes a real millisecond at the least.
    private func keys(least: Duration = .milliseconds(1)) async throws -> RotatingKeys {
        let keys = try await RotatingKeys(
            origin: "the provider", .init(interval: .seconds(60), leastInterval: least), clock: clock
        ) { [publisher] in
            try publisher.read()
        } complain: { [publisher] in
            publisher.complain($0)
        }
        keys.watchKeys { [publisher] in publisher.change() }
        // From now on the task knows when it looked last.
        try await turn()
        return keys
    }

    private func until(_ what: String, _ isTrue: () -> Bool) async throws {
        let deadline = MonotonicClock().now.advanced(by: .seconds(120))
        while !isTrue() {
            try #require(MonotonicClock().now < deadline, "hung waiting for: \(what)")
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Lets the task look at the clock some more times.
    private func turn() async throws {
        let goal = clock.turns + 20
        try await until("the task to turn") { clock.turns >= goal }
    }

    @Test("Keys are read again at each interval, and only a change is announced") func looksAtIntervals() async throws {
        let keys = try await keys()
        #expect(publisher.reads == 1 && keys.current.identifiers == ["hmac"])
        publisher.publish(TestKeys.set(TestKeys.edwardsPublic))
        clock.advance(by: .seconds(59))
        try await turn()
        #expect(publisher.reads == 1)
        clock.advance(by: .seconds(1))
        try await until("the new keys") { publisher.changes == 1 }
        #expect(keys.current.identifiers == ["edwards"] && publisher.reads == 2)
        // The same text again is no change.
        clock.advance(by: .seconds(60))
        try await until("another look") { publisher.reads == 3 }
        try await turn()
        #expect(publisher.changes == 1)
    }

    @Test("A token with an unknown key brings an early look, but never more than one per least interval")
    func anUnknownKeyBringsALookAtABoundedRate() async throws {
        let keys = try await keys()
        let verifier = TokenVerifier(keys: keys, policy: .development, clock: clock)
        let issuer = try TokenIssuer(jwks: TestKeys.set(TestKeys.edwards), origin: "test", clock: clock)
        let token = try issuer.issue(subject: "alice", scopes: [.read], lifetime: .seconds(60))
        publisher.publish(TestKeys.set(TestKeys.hmac, TestKeys.edwardsPublic))
        func present() -> Bool { (try? verifier.verify(token)) != nil }
        for _ in 0..<1_000 { #expect(!present(), "what is not known is refused, not waited for") }
        try await turn()
        #expect(publisher.reads == 1, "not before the least interval has passed")
        clock.advance(by: .milliseconds(1))
        try await until("the new key") { publisher.changes == 1 }
        #expect(present())
        #expect(publisher.reads == 2)
        // A hostile name again and again: one look for each interval that passes, and none while the clock stands.
        let hostile = try issuer.sign(header: Array(#"{"alg":"EdDSA","kid":"x"}"#.utf8), payload: [])
        for round in 0..<5 {
            for _ in 0..<100 { #expect((try? verifier.verify(hostile)) == nil) }
            try await turn()
            #expect(publisher.reads == 2 + round)
            clock.advance(by: .milliseconds(1))
            try await until("one look") { publisher.reads == 3 + round }
        }
        // Nobody missed a key since: the next look is the regular one.
        clock.advance(by: .seconds(59))
        try await turn()
        #expect(publisher.reads == 7)
        #expect(publisher.complaints.isEmpty)
    }

    /// An issuer that publishes a key of a new type beside those that it signs with (RFC 7517, section 5).
    @Test("A key that cannot be used is named once, and the others of a rotation count") func namesWhatIsIgnored()
        async throws
    {
        let unusable = #"{"kty":"AKP","alg":"ML-DSA-65","kid":"pq","pub":"AAAA"}"#
        publisher.publish(TestKeys.set(unusable, TestKeys.hmac))
        let keys = try await keys()
        func look(_ keys: String...) async throws {
            publisher.publish("{\"keys\": [\(keys.joined(separator: ","))]}")
            let reads = publisher.reads
            clock.advance(by: .seconds(60))
            try await until("a look") { publisher.reads > reads }
            try await turn()
        }
        #expect(keys.current.identifiers == ["hmac"])
        #expect(publisher.complaints.count == 1)
        #expect(
            publisher.complaints.first?.hasPrefix(
                #"the provider: ignored keys[0] (kid "pq"): the key type "AKP" is not supported"#) == true)
        // At another place, beside a new key: it is known.
        try await look(TestKeys.hmac, TestKeys.edwardsPublic, unusable)
        #expect(keys.current.identifiers == ["edwards", "hmac"])
        #expect(publisher.complaints.count == 1)
        // Another one, and the same that is rejected for another reason.
        try await look(TestKeys.edwardsPublic, unusable, #"{"kty":"EC","crv":"P-384","kid":"big"}"#)
        try await look(TestKeys.edwardsPublic, unusable.replacing("AKP", with: "APK"))
        #expect(publisher.complaints.count == 3)
        #expect(publisher.complaints[1].contains(#"keys[2] (kid "big"): the curve "P-384""#))
        #expect(publisher.complaints[2].contains(#"(kid "pq"): the key type "APK""#))
        // A set of them is bounded in the log, and no reason to stop.
        let many = (0..<40).map { #"{"kty":"AKP","kid":"\#($0)"}"# }.joined(separator: ",")
        try await look(TestKeys.rsaPublic, many)
        #expect(keys.current.identifiers == ["rsa"])
        #expect(publisher.complaints.count == 3 + 17)
        #expect(publisher.complaints.last == "the provider: ignored 24 keys more")
        // Without a key that can be used, those of before stay.
        try await look(unusable)
        #expect(keys.current.identifiers == ["rsa"])
        #expect(
            publisher.complaints.last?.hasPrefix("the keys stay as they were: the provider: keys[0]: the key") == true)
    }

    @Test("A set that cannot be read leaves the keys as they are, and is reported once")
    func whatCannotBeReadLeavesTheKeys() async throws {
        let keys = try await keys()
        func look() async throws {
            let reads = publisher.reads
            clock.advance(by: .seconds(60))
            try await until("a look") { publisher.reads > reads }
            try await turn()
        }
        for damaged in ["{", "[]", TestKeys.set(#"{"kty":"EC"}"#)] {
            publisher.publish(damaged)
            let complaints = publisher.complaints.count
            try await look()
            try await look()
            #expect(publisher.complaints.count == complaints + 1, "once, not at each look")
            #expect(publisher.complaints.last?.hasPrefix("the keys stay as they were: the provider") == true)
        }
        publisher.fail("the provider does not answer")
        try await look()
        #expect(publisher.complaints.last?.contains("does not answer") == true)
        #expect(keys.current.identifiers == ["hmac"] && publisher.changes == 0)
        // It comes back with the same keys, and goes again: that is news.
        let before = publisher.complaints.count
        publisher.publish(TestKeys.set(TestKeys.hmac))
        try await look()
        publisher.fail("the provider does not answer")
        try await look()
        #expect(publisher.complaints.count == before + 1)
        // Known to be unchanged: neither a change nor the end of the trouble.
        publisher.publish(nil)
        try await look()
        #expect(publisher.changes == 0)
        publisher.publish(TestKeys.set(TestKeys.edwardsPublic))
        try await look()
        #expect(keys.current.identifiers == ["edwards"] && publisher.changes == 1)
    }

    @Test("No complaint quotes a key") func complaintsQuoteNoKey() async throws {
        let keys = try await keys()
        publisher.publish(TestKeys.set(#"{"kty":"oct","k":"c2VjcmV0LXRoYXQtaXMtdG9vLXNob3J0"}"#))
        clock.advance(by: .seconds(60))
        try await until("a complaint") { !publisher.complaints.isEmpty }
        #expect(publisher.complaints.allSatisfy { !$0.contains("c2VjcmV0") })
        #expect(keys.current.identifiers == ["hmac"])
    }

    @Test("Keys that cannot be read at the start are an error") func theFirstReadingMustBeGood() async {
        for text in ["", "{}", TestKeys.set(#"{"kty":"EC"}"#)] {
            publisher.publish(text)
            await #expect(throws: CredentialError.self) { try await keys() }
        }
        publisher.publish(nil)
        await #expect(throws: CredentialError.self) { try await keys() }
    }

    // MARK: Files

    private func replace(_ path: String, with text: String, mode: Int = 0o600) throws {
        let next = path + ".next"
        try Data(text.utf8).write(to: URL(filePath: next))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: next)
        try #require(rename(next, path) == 0)
    }

    @Test("A file of keys is followed while it is replaced, damaged and removed") func followsAFile() async throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write(TestKeys.set(TestKeys.hmac), to: "keys.jwks", mode: 0o600)
        let keys = try await RotatingKeys(
            file: path, .init(interval: .milliseconds(1), leastInterval: .milliseconds(1))
        ) { [publisher] in
            publisher.complain($0)
        }
        #expect(keys.current.identifiers == ["hmac"])
        try replace(path, with: TestKeys.set(TestKeys.ellipticPublic, TestKeys.edwardsPublic))
        try await until("the new keys") { keys.current.identifiers == ["edwards", "elliptic"] }
        // Damaged: the keys stay, and it is said once, however often it is looked at.
        try replace(path, with: "{")
        try await until("a complaint") { publisher.complaints.count == 1 }
        #expect(publisher.complaints.first?.contains("\(path) is not a JWKS file") == true)
        // A secret that others may read is not taken.
        try replace(path, with: TestKeys.set(TestKeys.hmac), mode: 0o644)
        try await until("a second complaint") { publisher.complaints.count == 2 }
        #expect(publisher.complaints.last?.contains("chmod 600") == true)
        // Gone.
        try #require(unlink(path) == 0)
        try await until("a third complaint") { publisher.complaints.count == 3 }
        #expect(keys.current.identifiers == ["edwards", "elliptic"])
        try replace(path, with: TestKeys.set(TestKeys.rsaPublic))
        try await until("the newest keys") { keys.current.identifiers == ["rsa"] }
        #expect(publisher.complaints.count == 3)
    }
}
