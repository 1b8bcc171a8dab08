import Simulation
import Testing
import TransportCore

@Suite struct StormTests {
    private static func storm(
        _ policy: String, sessions: Int = 20_000, change: (inout StormParameters) -> Void = { _ in }
    ) -> SimulatedStorm {
        var parameters = StormParameters(sessions: sessions, policy: policy, acceptRate: 5_000, queue: 1_024)
        change(&parameters)
        return StormSimulation.run(parameters)
    }

    @Test("A million sessions come back", arguments: SessionPolicy.names)
    func bringsAMillionBack(_ policy: String) {
        let result = Self.storm(policy, sessions: 1_000_000) {
            $0.acceptRate = 50_000
            $0.queue = 16_384
        }
        #expect(result.back == 1_000_000 && result.stopped == 0)
        #expect(result.secondsUntilAll! >= result.floorSeconds, "the server serves no more than it can")
        check(result)
    }

    @Test("A storm follows from its seed alone", arguments: SessionPolicy.names)
    func isReplayed(_ policy: String) {
        let result = Self.storm(policy)
        #expect(Self.storm(policy) == result)
        check(result)
        let other = Self.storm(policy) { $0.seed = 2 }
        let hasJitter = SessionPolicy.named(policy)!.backoff.jitter != .none
        #expect((other.curve == result.curve) != hasJitter, "without jitter there is no chance")
    }

    /// FIELD, pain 13.
    @Test("Clients that were cut together come back together, unless they have jitter")
    func comesBackTogether() {
        for policy in ["event-source", "fixed", "exponential"] {
            #expect(Self.storm(policy).peakConnectsPerSecond >= 20_000)
        }
        let spread = Self.storm("decorrelated-jitter")
        #expect(spread.peakConnectsPerSecond < 15_000)
    }

    @Test("A queue that takes all of them needs one attempt each, and the server's own time")
    func fitsTheQueue() {
        let result = Self.storm("fixed") { $0.queue = 20_000 }
        #expect(result.attempts == 20_000 && result.refusedAttempts == 0 && result.unansweredConnects == 0)
        // The wait, one and a half round trips, and the service of all.
        #expect(abs(result.secondsUntilAll! - (1 + 4 + 0.02)) < 0.02)
    }

    @Test("Attempts that wait too long are given up, and the server works for nobody")
    func wastesWork() {
        let result = Self.storm("fixed", sessions: 2_000) {
            $0.queue = 2_000
            $0.acceptRate = 100
        }
        #expect(result.wastedAccepts > 500 && result.timedOutAttempts >= result.wastedAccepts)
    }

    @Test("A limit with 503 ends native EventSources, and paces those that heed Retry-After")
    func limitsTheRate() {
        func limited(_ policy: String) -> SimulatedStorm {
            Self.storm(policy) {
                $0.rateLimit = 1_000
                $0.retryAfterSeconds = 5
                $0.queue = 20_000
            }
        }
        let native = limited("event-source")
        #expect(native.stopped > 15_000 && native.back + native.stopped == 20_000 && native.secondsUntilAll == nil)
        let heeding = limited("full-jitter")
        let deaf = limited("fixed")
        #expect(heeding.back == 20_000 && deaf.back == 20_000)
        #expect(heeding.refusedAttempts < deaf.refusedAttempts)
        for result in [native, heeding, deaf] { check(result) }
    }

    @Test("While the server is away everyone is reset; before a limit in time nobody is back")
    func waitsForTheServer() {
        let result = Self.storm("full-jitter") { $0.outageSeconds = 8 }
        #expect(result.curve.back.prefix(80).allSatisfy { $0 == 0 } && result.back == 20_000)
        let cut = Self.storm("full-jitter") {
            $0.outageSeconds = 8
            $0.limitSeconds = 4
        }
        #expect(cut.back == 0 && cut.secondsUntil50 == nil && cut.attempts > 20_000)
    }

    @Test("Parameters that cannot be have an explanation")
    func explainsBadParameters() {
        let good = StormParameters(sessions: 1, policy: "fixed", acceptRate: 1, queue: 1)
        #expect(good.problem == nil)
        let bad: [(String, (inout StormParameters) -> Void)] = [
            ("sessions", { $0.sessions = 0 }), ("policy", { $0.policy = "none" }),
            ("acceptRate", { $0.acceptRate = .nan }), ("queue", { $0.queue = -1 }),
            ("rateLimit", { $0.rateLimit = 0 }), ("retryAfterSeconds", { $0.retryAfterSeconds = -1 }),
            ("refusalCost", { $0.refusalCost = 2 }), ("roundTripSeconds", { $0.roundTripSeconds = 0 }),
            ("noticeSeconds", { $0.noticeSeconds = .infinity }), ("outageSeconds", { $0.outageSeconds = -1 }),
            ("retryMilliseconds", { $0.retryMilliseconds = 1 }), ("limitSeconds", { $0.limitSeconds = 0 }),
        ]
        for (name, change) in bad {
            var parameters = good
            change(&parameters)
            #expect(parameters.problem?.hasPrefix("\(name) takes ") == true)
        }
    }

    /// What must add up in any storm.
    private func check(_ result: SimulatedStorm) {
        let curve = result.curve
        #expect(curve.attempts.reduce(0, +) == result.attempts)
        #expect(curve.refused.reduce(0, +) == result.refusedAttempts)
        #expect(curve.back.reduce(0, +) == result.back)
        #expect(Set([curve.attempts.count, curve.accepted.count, curve.refused.count, curve.back.count]).count == 1)
        #expect(result.attempts == result.refusedAttempts + result.back, "an attempt ends one way or the other")
        let rate = Int(result.parameters.acceptRate)
        #expect(curve.accepted.allSatisfy { $0 <= rate / SimulatedStorm.Curve.binsPerSecond + 1 })
    }
}
