import ExperimentModel
import Reporting
import Testing

/// What stands beside the figures, and how far they can be trusted.
@Suite struct RunFactsTests {
    private func texts(
        _ lines: [Observation], _ environment: EnvironmentRecord = SampleRun.environment, pins: Bool? = nil
    ) async throws -> [String] {
        let manifest = RunManifest(
            run: lines[0].run, experiment: "quick", title: "Quick", seed: 1, startedAt: lines[0].startedAt,
            trials: lines.count, estimatedSeconds: 1, equivalenceMargin: 0.1, pins: pins)
        let folder = ResultFolder(path: "", observations: lines, manifest: manifest, environment: environment)
        let analysis = try Report(options: ReportOptions(resamples: 200)).analyze(folder)
        return [
            try await HTMLRenderer(plotter: CaptionPlotter()).render(analysis), MarkdownRenderer().render(analysis),
            DecisionRenderer().render(analysis),
        ]
    }

    private let lines = SampleRun(blocks: 1, loads: [SampleRun.fanOut], tls: [false]).observations()

    @Test("A report warns where the sources differed from the revision, and only there", arguments: [true, false, nil])
    func changedSourcesAreAWarning(isDirty: Bool?) async throws {
        var environment = SampleRun.environment
        environment.gitDirty = isDirty
        for text in try await texts(lines, environment) {
            #expect(text.contains("differed from revision 4fa8e77c0f2d") == (isDirty == true))
            #expect(text.contains("4fa8e77c0f2d, with changes that are not committed") == (isDirty == true))
        }
    }

    @Test("A report says whether the run was pinned, where it is known")
    func whetherTheRunWasPinnedIsSaid() async throws {
        for text in try await texts(lines, pins: true) { #expect(text.contains("to processors of their own")) }
        for text in try await texts(lines, pins: false) { #expect(text.contains("Pinned")) }
        for text in try await texts(lines, pins: nil) { #expect(!text.contains("Pinned")) }
    }

    @Test("Slow readers have a table where there are any") func slowReadersHaveATableWhereThereAreAny() async throws {
        for text in try await texts(lines) { #expect(!text.contains("Stopped reading")) }
        var some = lines
        for index in some.indices where some[index].cell.transport == "websocket" {
            some[index].slowReaders = SlowReaderSummary(count: 20, cut: 7, positionsLost: 13_017)
        }
        for text in try await texts(some) {
            #expect(text.contains("Stopped reading") && text.contains("13,017"))
        }
    }

    @Test("The client's shares, context switches and heartbeats are shown")
    func theClientsSharesSwitchesAndHeartbeatsAreShown() async throws {
        for text in try await texts(lines) {
            for words in ["52 %", "31 %", "Whole process", "Server, voluntary", "0.125", "Heartbeats received"] {
                #expect(text.contains(words), "\(words)")
            }
        }
    }

    @Test("What a floor does not do is said where there is one, and only there")
    func whatAFloorDoesNotDoIsSaidBesideIt() async throws {
        for text in try await texts(lines).prefix(2) {
            #expect(text.contains("A floor publishes from within") && text.contains("upper bound"))
            #expect(text.contains("Upstream calls are a model, not a count"))
        }
        let without = lines.filter { $0.cell.server != .floor }
        for text in try await texts(without).prefix(2) { #expect(!text.contains("A floor publishes from within")) }
    }
}
