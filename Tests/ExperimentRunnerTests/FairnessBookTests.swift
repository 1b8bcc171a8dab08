import ExperimentModel
import ExperimentRunner
import Testing

@Suite struct FairnessBookTests {
    private func cell(_ transport: String, load: String = "a") -> Cell {
        Cell(transport: transport, load: LoadProfile(name: load, connections: 1, orders: 1, updatesPerSecond: 1))
    }

    @Test func theFirstOfALoadSetsWhatAllMustDeliver() {
        var book = FairnessBook()
        #expect(book.check("x", of: cell("sse")) == nil)
        #expect(book.check("x", of: cell("websocket")) == nil)
        let objection = book.check("y", of: cell("polling"))
        #expect(objection?.contains("sse.h1.plain.a") == true)
        // Another load may publish something else.
        #expect(book.check("y", of: cell("polling", load: "b")) == nil)
    }

    @Test func aResumedRunRemembers() {
        var observation = Observation(
            experiment: "e", run: "r", seed: 1, trial: 1, block: 1, position: 1, cell: cell("sse"), status: .ok,
            startedAt: "2026-11-23T05:07:23Z", warmupSeconds: 0, measuredSeconds: 1)
        observation.quality = MeasurementQuality(
            loadBusyFraction: 0, saturated: false, fairness: .init(checked: true, digest: "x"))
        var book = FairnessBook([observation])
        #expect(book.check("y", of: cell("websocket")) != nil)
    }
}
