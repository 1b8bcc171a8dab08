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

    @Test("A run ends before a block when its question is answered, and before a trial when its time is up")
    func limits() {
        let load = LoadProfile(name: "a", connections: 1, orders: 1, updatesPerSecond: 1)
        func trial(block: Int) -> Trial {
            Trial(
                number: 2, block: block, position: 1, cell: Cell(transport: "sse", load: load), warmupSeconds: 1,
                measureSeconds: 3)
        }
        let limit = RunLimit(after: 1, seconds: 10) { !$0.isEmpty }
        #expect(limit.reason(before: trial(block: 2), after: [], elapsed: 0) == nil)
        #expect(limit.reason(before: trial(block: 2), after: [observation(.ok)], elapsed: 6) == .decided)
        #expect(limit.reason(before: trial(block: 2), after: [], elapsed: 11) == .outOfTime)
        // The first blocks are carried out in any case, also when a run is resumed with other cells.
        #expect(limit.reason(before: trial(block: 1), after: [observation(.ok)], elapsed: 11) == nil)
        // Within a block nobody asks: a comparison needs the whole of it.
        let wide = RunLimit(after: 0, seconds: nil) { !$0.isEmpty }
        #expect(wide.reason(before: trial(block: 1), after: [observation(.ok)], elapsed: 6) == nil)
        let endless = RunLimit(after: 1, seconds: nil) { _ in false }
        #expect(endless.reason(before: trial(block: 9), after: [observation(.ok)], elapsed: 1e9) == nil)
    }
}
