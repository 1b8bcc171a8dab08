import ExperimentModel
import Reporting
import Testing

/// What a delivery costs, and which limit stands beside it.
@Suite struct CostTests {
    private func line(deliveries: Int64?, delivered: Int64) throws -> Observation {
        let cell = Cell(transport: "polling", load: SampleRun.fanOut, pollIntervalSeconds: 5)
        var line = SampleRun().line(cell, number: 1, block: 1, position: 1, status: .ok)
        line.ledger = LedgerSummary(expected: delivered, delivered: delivered)
        line.resources = ResourceSummary(
            traffic: .init(
                wireBytesSent: 9_000, wireBytesReceived: 1_000, requests: 100, upstreamCalls: 100,
                deliveries: deliveries))
        return line
    }

    /// A poller's window has 100 requests and shows 80 updates; the drain shows 300 more that were due in the window.
    @Test("A window's costs are divided by the updates that arrived in it")
    func costsAreThoseOfTheWindowForWhatArrivedInIt() throws {
        let line = try line(deliveries: 80, delivered: 380)
        #expect(Metric.requestsPerUpdate.value(of: line) == 1.25)
        #expect(Metric.bytesPerUpdate.value(of: line) == 125)
        #expect(Metric.requestsPerUpdate.value(of: try self.line(deliveries: 0, delivered: 380)) == nil)
    }

    @Test("An older line without arrivals divides by its ledger") func anOlderLineHasTheLedgerAlone() throws {
        #expect(Metric.requestsPerUpdate.value(of: try line(deliveries: nil, delivered: 200)) == 0.5)
    }

    @Test("A floor has as many loops as the cell that it stands beside")
    func aFloorHasAsManyLoopsAsWhatItStandsBeside() throws {
        var lines: [Observation] = []
        for loops in [1, 4] {
            for server in [Cell.ServerKind.tandem, .floor] {
                let cell = Cell(
                    transport: "sse", server: server, auth: server == .floor ? "none" : "bearer",
                    load: SampleRun.fanOut, loops: loops, role: server == .floor ? .floor : .measure)
                lines.append(
                    SampleRun().line(cell, number: lines.count + 1, block: 1, position: lines.count + 1, status: .ok))
            }
        }
        let groups = try Fixture.analysis(lines).groups
        #expect(groups.map(\.condition.loops) == [1, 4])
        for group in groups { #expect(group.floors.map(\.cell.loops) == [group.condition.loops]) }
    }
}
