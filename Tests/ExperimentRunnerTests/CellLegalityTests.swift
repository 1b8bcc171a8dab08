import ExperimentModel
import ExperimentRunner
import OrderUpdates
import Testing
import TransportCore

@Suite struct CellLegalityTests {
    static let load = LoadProfile(name: "a", connections: 10, orders: 1, updatesPerSecond: 1)

    static func settings(floorFolder: String = "/nowhere", processors: [Int]? = nil) -> RunSettings {
        let capabilities = TransportCapabilities(
            protocolVersions: [.h1], supportsTLS: false, pushes: true, replays: true, carriesCommands: false,
            carriesManyOrders: false, heartbeats: [.control],
            limitations: [.init("WebSocket over h2", because: "the library has no client for it")])
        return RunSettings(
            tandem: "/opt/tandem", floorFolder: floorFolder, pins: processors != nil, processors: processors ?? [],
            credentials: .init(keySetPath: "k", subscriberToken: "s", publisherToken: "p", owner: "alice"),
            capabilities: { $0 == "sse" ? capabilities : nil }, authSchemes: ["bearer", "none"],
            probes: [],
            authRejection: { scheme, _, _ in scheme == "none" ? "the scheme has its reason" : nil })
    }

    private func rejection(_ cell: Cell) -> String? { CellLegality(Self.settings()).rejection(of: cell) }

    @Test("A cell that can exist has no rejection") func aCellThatCanExist() {
        #expect(rejection(Cell(transport: "sse", load: Self.load)) == nil)
        #expect(rejection(Cell(transport: "sse", heartbeat: .off, load: Self.load)) == nil)
    }

    @Test(
        "A cell that cannot exist is rejected with the reason",
        arguments: [
            (Cell(transport: "carrier-pigeon", load: load), "carrier-pigeon"),
            (Cell(transport: "sse", auth: "cookie", load: load), "cookie"),
            (Cell(transport: "sse", auth: "none", load: load), "the scheme has its reason"),
            // The transport's own reason, where it gives one.
            (Cell(transport: "sse", protocolVersion: "h2", load: load), "the library has no client for it"),
            (Cell(transport: "sse", tls: true, load: load), "TLS"),
            (Cell(transport: "sse", heartbeat: .init(kind: .visible, seconds: 5), load: load), "visible"),
            (Cell(transport: "sse", load: load, compression: "permessage-deflate"), "sse has no permessage-deflate"),
            (Cell(transport: "sse", server: .external, load: load), "tandem load"),
            (Cell(transport: "sse", server: .floor, load: load), "make floor"),
            (
                Cell(
                    transport: "sse",
                    load: LoadProfile(name: "huge", connections: 100_000_000, orders: 1, updatesPerSecond: 1)),
                "descriptors"
            ),
        ])
    func aCellThatCannot(cell: Cell, reason: String) {
        #expect(rejection(cell)?.contains(reason) == true, "\(rejection(cell) ?? "no rejection")")
    }

    @Test("Connections that are spread over several processes need not fit into one") func spreadConnections() {
        let huge = LoadProfile(name: "huge", connections: 100_000_000, orders: 1, updatesPerSecond: 0)
        var cell = Cell(transport: "sse", load: huge)
        cell.goal = CapacityGoal(.memoryPerConnection, atMost: 1)
        #expect(rejection(cell)?.contains("descriptors") == true)
        cell.goal = CapacityGoal(.memoryReturned, atLeast: 0.75)
        #expect(rejection(cell) == nil)
    }

    @Test("A load of as many connections as one process may hold can be measured, and one more cannot")
    func descriptorLimit() {
        func cell(_ connections: Int) -> Cell {
            Cell(
                transport: "sse",
                load: LoadProfile(name: "most", connections: connections, orders: 1, updatesPerSecond: 1))
        }
        let most = CellLegality.connectionsOfOneProcess
        #expect(rejection(cell(most)) == nil)
        #expect(rejection(cell(most + 1))?.contains("\(most) connections here") == true)
    }

    /// As many processors for the server as it has loops, and the others for the load generator.
    @Test("A run that pins rejects a cell that leaves no processor for the load generator") func aRunThatPins() {
        let settings = Self.settings(processors: [2, 3, 7])
        #expect(settings.serverProcessors(loops: 2) == "2,3" && settings.loadProcessors(beside: 2) == "7")
        #expect(settings.serverProcessors(loops: 1) == "2" && settings.loadProcessors(beside: 1) == "3,7")
        let legality = CellLegality(settings)
        #expect(legality.rejection(of: Cell(transport: "sse", load: Self.load, loops: 2)) == nil)
        let rejection = legality.rejection(of: Cell(transport: "sse", load: Self.load, loops: 3))
        #expect(rejection?.contains("--pin") == true)
        #expect(Self.settings().serverProcessors(loops: 1) == nil && Self.settings().loadProcessors(beside: 1) == nil)
    }
}
