import ExperimentModel
import Reporting
import Testing

@Suite struct ExclusionTextTests {
    private let run = SampleRun(hasNoisePair: false)

    private func cell(_ transport: String, _ server: Cell.ServerKind = .tandem) -> Cell {
        Cell(transport: transport, server: server, load: SampleRun.fanOut, role: server == .floor ? .floor : .measure)
    }

    private func line(_ cell: Cell, _ number: Int, _ status: Observation.Status, _ reason: String) -> Observation {
        run.line(cell, number: number, block: number, position: 1, status: status, reason: reason)
    }

    @Test("Each cell has a line with its count, even where the reason is the same")
    func everyCell() throws {
        let (first, second) = (cell("sse", .floor), cell("websocket", .floor))
        let analysis = try Fixture.analysis([
            line(first, 1, .skipped, "not built"), line(second, 2, .skipped, "not built"),
            line(first, 3, .skipped, "not built"), line(cell("sse"), 4, .invalid, "busy"),
            line(cell("sse"), 5, .invalid, "late"),
        ])
        #expect(
            ExclusionText.text(analysis) == """
                2 trials invalid:
                  \(cell("sse").id), 2 trials: busy; late
                3 trials skipped:
                  \(first.id), 2 trials: not built
                  \(second.id), 1 trial: not built

                """)
    }

    @Test("The newest line of a trial counts")
    func newest() throws {
        let analysis = try Fixture.analysis([
            line(cell("sse"), 1, .failed, "refused"), line(cell("sse"), 1, .invalid, "busy"),
        ])
        #expect(ExclusionText.text(analysis) == "1 trial invalid:\n  \(cell("sse").id), 1 trial: busy\n")
    }

    @Test("The sentence under the tables counts the floor's cells too")
    func cells() throws {
        let lines = [
            line(cell("sse"), 1, .invalid, "busy"), line(cell("sse", .floor), 2, .skipped, "not built"),
            line(cell("websocket"), 3, .invalid, "busy"), line(cell("websocket", .floor), 4, .skipped, "not built"),
        ]
        let text = SummaryTable.text(lines, width: 80)
        #expect(text.contains("Of 4 cells, 2 were invalid and 2 were skipped."), "\(text)")
    }

    @Test("A run without an exclusion has no such lines")
    func nothing() throws {
        #expect(ExclusionText.text(try Fixture.analysis(run.observations())).isEmpty)
    }
}
