import ExperimentModel
import Testing

@Suite struct CellNamesTests {
    @Test("A cell is named by what not all cells have")
    func leavesOutWhatIsShared() {
        let names = CellNames([
            "sse.h1.plain.few.auth-none.heartbeat-control-0.2s.full-jitter.kill",
            "websocket.h1.plain.few.auth-none.heartbeat-control-0.2s.full-jitter.kill",
            "sse.h1.plain.few.auth-none.heartbeat-control-0.2s.event-source.reset",
        ])
        #expect(
            names["sse.h1.plain.few.auth-none.heartbeat-control-0.2s.full-jitter.kill"] == "sse.full-jitter.kill")
        #expect(
            names["sse.h1.plain.few.auth-none.heartbeat-control-0.2s.event-source.reset"] == "sse.event-source.reset")
    }

    @Test("A decimal is one part of an id")
    func keepsDecimals() {
        let names = CellNames(["polling-0.2s.h1.a", "polling-0.5s.h1.a"])
        #expect(names["polling-0.2s.h1.a"] == "polling-0.2s")
    }

    @Test(
        "Where nothing or everything is shared a cell keeps its id",
        arguments: [["sse.h1"], ["sse.h1", "sse.h1.floor"], ["sse.a", "websocket.b"], ["a.b.b", "a.b"], []])
    func keepsIds(ids: [String]) {
        let names = CellNames(ids)
        for id in ids { #expect(names[id] == id) }
        #expect(names["another"] == "another")
    }
}
