import ExperimentModel
import Testing

@Suite struct CellTests {
    static let load = LoadProfile(name: "fan-out", connections: 200, orders: 4, updatesPerSecond: 10)

    @Test(
        "A cell's id follows from its levels, and names only what differs from the default",
        arguments: [
            (Cell(transport: "sse", load: load), "sse.h1.plain.fan-out"),
            (Cell(transport: "websocket", protocolVersion: "h2", tls: true, load: load), "websocket.h2.tls.fan-out"),
            (Cell(transport: "polling", load: load, pollIntervalSeconds: 5), "polling-5s.h1.plain.fan-out"),
            (Cell(transport: "polling", load: load, pollIntervalSeconds: 0.5), "polling-0.5s.h1.plain.fan-out"),
            // Only what differs from the default is named.
            (Cell(transport: "sse", auth: "none", load: load), "sse.h1.plain.fan-out.auth-none"),
            (Cell(transport: "sse", heartbeat: .off, load: load), "sse.h1.plain.fan-out.heartbeat-off"),
            (
                Cell(transport: "websocket", load: load, compression: "permessage-deflate"),
                "websocket.h1.plain.fan-out.permessage-deflate"
            ),
            (
                Cell(transport: "sse", heartbeat: .init(kind: .visible, seconds: 10), load: load, loops: 2),
                "sse.h1.plain.fan-out.heartbeat-visible-10s.loops-2"
            ),
            // The floor has neither, so they are not named.
            (
                Cell(transport: "sse", server: .floor, auth: "none", heartbeat: .off, load: load, role: .floor),
                "sse.h1.plain.fan-out.floor"
            ),
            (Cell(transport: "sse", load: load, role: .aa, arm: .b), "sse.h1.plain.fan-out.b"),
            (Cell(transport: "sse", server: .external, load: load), "sse.h1.plain.fan-out.external"),
        ])
    func idFollowsFromTheLevels(cell: Cell, id: String) {
        #expect(cell.id == id)
    }

    @Test("The halves of a noise pair and the floor share the base of a cell's id") func halvesAndFloorShareTheBase() {
        let cell = Cell(transport: "sse", load: Self.load)
        #expect(Cell(transport: "sse", load: Self.load, role: .aa, arm: .a).baseID == cell.id)
        #expect(
            Cell(transport: "sse", server: .floor, auth: "none", heartbeat: .off, load: Self.load, role: .floor).baseID
                == cell.id)
    }
}
