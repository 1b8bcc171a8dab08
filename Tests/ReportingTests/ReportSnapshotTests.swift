import ExperimentModel
import Foundation
import Reporting
import Testing

/// Whole reports from committed observations, compared as text.
// In order: what is recorded is read by those that follow.
@Suite(.serialized) struct ReportSnapshotTests {
    /// A quick matrix with everything that can happen to it; see `recordTheObservations`.
    private func folder() throws -> ResultFolder { try ResultFolder(path: Fixture.folder + "/quick") }

    private func analysis() throws -> Analysis {
        try Report(options: ReportOptions(resamples: 500)).analyze(try folder())
    }

    /// It runs only when recording.
    @Test("The committed observations are made from the seeded sample", .enabled(if: Fixture.isRecording))
    func recordTheObservations() throws {
        let sample = SampleRun(samples: 500, step: 10)
        var lines = sample.observations()
        for index in lines.indices {
            switch (lines[index].cell.id, lines[index].block) {
            case ("sse.h2.tls.per-order", _):
                lines[index].status = .invalid
                lines[index].reason = "the load generator was busy 97 % of the window: give it more processes"
            case ("sse.h2.plain.fan-out", 2):
                lines[index].status = .failed
                lines[index].reason = "the server did not answer within 10 s"
                (lines[index].latency, lines[index].ledger, lines[index].resources) = (nil, nil, nil)
            default: break
            }
        }
        for tls in [false, true] {
            let cell = Cell(transport: "websocket", protocolVersion: "h2", tls: tls, load: SampleRun.fanOut)
            lines.append(
                sample.skipped(
                    cell, trial: lines.count + 1, reason: "libwebsockets 4.1.6 has no client for RFC 8441"))
        }
        let path = Fixture.folder + "/quick"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Fixture.write(try Fixture.lines(lines), to: path + "/observations.jsonl")
        let run = try RunFolder(existing: path)
        try run.write(SampleRun.environment)
        try run.write(
            RunManifest(
                run: lines[0].run, experiment: "quick", title: "Quick matrix", seed: lines[0].seed,
                startedAt: lines[0].startedAt, trials: lines.count, estimatedSeconds: 90, equivalenceMargin: 0.05))
    }

    @Test("The HTML report is the committed one") func html() async throws {
        let html = try await HTMLRenderer(plotter: CaptionPlotter()).render(try analysis())
        try Fixture.expectPage(html, matches: "report.html")
    }

    @Test("The Markdown report is the committed one") func markdown() throws {
        try Fixture.expect(MarkdownRenderer().render(try analysis()), matches: "report.md")
    }

    @Test("The decision record is the committed one") func decision() throws {
        try Fixture.expect(DecisionRenderer().render(try analysis()), matches: "decision.md")
    }

    @Test("The CSV tables are the committed ones") func tables() throws {
        let analysis = try analysis()
        try Fixture.expect(CellsCSVRenderer().render(analysis), matches: "cells.csv")
        try Fixture.expect(ComparisonsCSVRenderer().render(analysis), matches: "comparisons.csv")
        let percentiles = PercentilesCSVRenderer().render(analysis)
        let head = percentiles.split(separator: "\r\n").prefix(40).joined(separator: "\n")
        try Fixture.expect(head, matches: "percentiles-head.csv")
    }

    @Test("The summary fits the terminal, and is the committed one", arguments: [60, 80, 160])
    func terminal(width: Int) throws {
        let text = SummaryTable.text(try analysis(), width: width)
        for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
        try Fixture.expect(text, matches: "summary-\(width).txt")
    }
}
