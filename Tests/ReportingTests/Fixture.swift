import ExperimentModel
import Foundation
import Reporting
import Testing

/// The committed files of the tests, read from the checkout.
enum Fixture {
    static let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/")!)) + "/Fixtures"

    /// `TANDEM_RECORD=1 swift test --filter Reporting` writes what it would compare; look at the difference in git.
    static let isRecording = ProcessInfo.processInfo.environment["TANDEM_RECORD"] == "1"

    /// Compares with the committed text, and says where they part.
    static func expect(_ text: String, matches name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = "\(folder)/Expected/\(name)"
        if isRecording {
            try FileManager.default.createDirectory(atPath: "\(folder)/Expected", withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
            return
        }
        let expected = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        guard text != expected else { return }
        let lines = zip(text.split(separator: "\n"), expected.split(separator: "\n")).enumerated()
        let first = lines.first { $0.element.0 != $0.element.1 }
        Issue.record(
            """
            \(name) differs from line \((first?.offset ?? 0) + 1):
            now:      \(first?.element.0 ?? "(one is longer)")
            expected: \(first?.element.1 ?? "(one is longer)")
            If that is meant, record it anew with TANDEM_RECORD=1.
            """, sourceLocation: sourceLocation)
    }

    /// The same for a page, but for its style sheet and for empty lines, which mean nothing in it.
    static func expectPage(_ page: String, matches name: String, sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        let lines = page.replacingOccurrences(of: PageTemplates.style, with: "").split(separator: "\n")
        try expect(lines.joined(separator: "\n") + "\n", matches: name, sourceLocation: sourceLocation)
    }

    /// A new folder that is removed after the body.
    static func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let path = NSTemporaryDirectory() + "/tandem-reporting-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }

    static func lines(_ observations: [Observation]) throws -> [UInt8] {
        try observations.flatMap { try ObservationLog.line($0) }
    }

    /// An analysis with few resamples: the tests do not need narrow intervals.
    static func analysis(_ observations: [Observation], manifest: RunManifest? = nil) throws -> Analysis {
        let folder = ResultFolder(
            path: "", observations: observations, manifest: manifest, environment: SampleRun.environment)
        return try Report(options: ReportOptions(resamples: 200)).analyze(folder)
    }
}

/// Draws a line of text in place of a chart, so that snapshots do not depend on the version of gnuplot.
struct CaptionPlotter: ChartPlotter {
    func plot(_ chart: Chart, canvas: ChartCanvas) async throws -> String {
        let points = chart.series.reduce(0) { $0 + $1.points.count }
        return "<!-- \(canvas.rawValue) chart of \(chart.series.count) series with \(points) points -->"
    }
}

/// Draws nothing, as a machine without gnuplot does.
struct MissingPlotter: ChartPlotter {
    func plot(_ chart: Chart, canvas: ChartCanvas) async throws -> String {
        throw ChartError(.missingProgram, "gnuplot is not installed: install it (Debian: gnuplot-nox) and render again")
    }
}
