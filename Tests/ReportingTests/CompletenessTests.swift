import ExperimentModel
import Reporting
import Testing

@Suite struct CompletenessTests {
    private let lines = SampleRun(blocks: 3).observations()

    private func manifest(trials: Int) -> RunManifest {
        RunManifest(
            run: "quick-1", experiment: "quick", title: "Quick matrix", seed: 1, startedAt: "2026-11-23T09:00:00Z",
            trials: trials, estimatedSeconds: 90, equivalenceMargin: 0.1)
    }

    @Test("A whole run is not partial") func aWholeRunIsNotPartial() throws {
        let completeness = try Fixture.analysis(lines, manifest: manifest(trials: lines.count)).completeness
        #expect(!completeness.isPartial)
        #expect(completeness.missing == 0)
        #expect(completeness.blocks == 3)
    }

    @Test("The plan says how many trials are missing") func thePlanSaysHowManyAreMissing() throws {
        let analysis = try Fixture.analysis(Array(lines.prefix(20)), manifest: manifest(trials: lines.count))
        #expect(analysis.completeness.missing == lines.count - 20)
        #expect(analysis.completeness.isPartial)
        // The run's own title and margin hold.
        #expect(analysis.title == "Quick matrix")
        #expect(analysis.margin == 0.1)
    }

    @Test("Without a plan a short last block shows what is missing") func withoutAPlanAShortLastBlockShows() throws {
        let completeness = try Fixture.analysis(Array(lines.dropLast(4))).completeness
        #expect(completeness.missing == 4)
    }

    @Test("Without a plan a gap in the numbers shows what is missing")
    func withoutAPlanAHoleInTheNumbersShows() throws {
        var lines = lines
        lines.removeSubrange(3..<5)
        #expect(try Fixture.analysis(lines).completeness.missing == 2)
    }

    @Test("A line that is cut off makes a run partial, and the report says so")
    func aTornLineMakesARunPartial() throws {
        let folder = ResultFolder(path: "", observations: lines, tornLine: "line 67 was cut off after 12 bytes")
        let analysis = try Report(options: ReportOptions(resamples: 200)).analyze(folder)
        #expect(analysis.completeness.isPartial)
        #expect(MarkdownRenderer().render(analysis).contains("This run is not complete"))
    }
}
