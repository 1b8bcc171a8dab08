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

    @Test("An invalid trial is made good by a sound one of its cell, and a failed one is not")
    func anInvalidTrialIsMadeGoodByASoundOneOfItsCell() {
        #expect(isSound([observation(.ok), observation(.invalid)]))
        #expect(!isSound([observation(.ok, "websocket"), observation(.invalid)]))
        #expect(isSound([observation(.skipped)]))
        #expect(!isSound([observation(.ok), observation(.failed)]))
    }

    @Test("A resumed run is judged together with what was observed before") func aResumedRunIsJudgedAsAWhole() {
        #expect(!isSound([observation(.ok)], after: [observation(.failed)]))
        #expect(!isSound([], after: [observation(.invalid)]))
        #expect(isSound([observation(.invalid)], after: [observation(.ok)]))
    }
}
