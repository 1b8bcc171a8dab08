import ExperimentModel
import ExperimentRunner
import Testing

@Suite struct RunOutcomeTests {
    private func observation(_ status: Observation.Status, _ transport: String = "sse") -> Observation {
        Observation(
            experiment: "e", run: "r", seed: 1, trial: 1, block: 1, position: 1,
            cell: Cell(
                transport: transport,
                load: LoadProfile(name: "a", connections: 1, orders: 1, updatesPerSecond: 1)),
            status: status, startedAt: "2026-11-23T05:07:23Z", warmupSeconds: 0, measuredSeconds: 1)
    }

    private func isSound(_ observed: [Observation], after earlier: [Observation] = []) -> Bool {
        var outcome = RunOutcome(remaining: 0, earlier: earlier)
        outcome.observed = observed
        return outcome.isSound
    }

    @Test func anInvalidTrialIsMadeGoodByASoundOneOfItsCell() {
        #expect(isSound([observation(.ok), observation(.invalid)]))
        #expect(!isSound([observation(.ok, "websocket"), observation(.invalid)]))
        #expect(isSound([observation(.skipped)]))
        #expect(!isSound([observation(.ok), observation(.failed)]))
    }

    /// What was observed before a run was resumed is a part of it.
    @Test func aResumedRunIsJudgedAsAWhole() {
        #expect(!isSound([observation(.ok)], after: [observation(.failed)]))
        #expect(!isSound([], after: [observation(.invalid)]))
        #expect(isSound([observation(.invalid)], after: [observation(.ok)]))
    }
}
