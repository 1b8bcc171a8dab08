import ArgumentParser
import AuthStudy
import Browsers
import ExperimentModel
import ExperimentRunner
import FoundationEssentials

/// `tandem legibility`: measures what the code of a page can tell of a failure, in real browsers.
struct LegibilityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "legibility",
        abstract: "Measure what the code of a page can tell of twelve failures, in real browsers.",
        discussion: """
            Starts each installed browser without a window and observes its EventSource, WebSocket and fetch. Writes legibility.json into \
            a result folder, whose report includes it from then on. Prints the signals, the causes that look alike, and the information \
            in bits. A signal that differs between repetitions is reported on standard error.

            Examples:
              tandem legibility
              tandem legibility --repetitions 1 Experiments/Results/latest-auth

            Exit status: 0 written; 1 a cause could not be brought about, or a browser failed after its start; 2 a wrong command line, \
            or no such folder; 3 no browser is installed, one does not start, this machine lacks something else (openssl), or the \
            file cannot be written; 130 interrupted.
            """)

    @Argument(
        help: ArgumentHelp("The result folder that legibility.json is written into.", valueName: "folder"),
        completion: .directory)
    var folder = JoinedFile.latest
    @Option(help: ArgumentHelp("Repetitions of each cause.", valueName: "n")) var repetitions = 3

    func validate() throws {
        try OptionRange.check("--repetitions", repetitions, in: 1...100)
        guard JoinedFile.isFolder(folder) else {
            throw ValidationError("there is no folder \(folder): name one, or make results first (make matrix)")
        }
    }

    func run() async throws {
        for absence in KnownBrowsers.absences { Tandem.complain("\(absence): its rows are left out") }
        let browsers = KnownBrowsers.installed
        guard !browsers.isEmpty else {
            throw CommandFailure(.environment, "no browser is installed: make setup-browser installs Chromium")
        }
        let result = try await measure(browsers)
        print(result.text)
        print("written to \(try JoinedFile.write(result.record, named: "legibility.json", into: folder))")
        for entry in result.entries where !entry.signals.unsteady.isEmpty {
            let causes = entry.signals.unsteady.joined(separator: ", ")
            Tandem.complain("not the same each time: \(entry.browser), \(entry.client): \(causes)")
        }
    }

    private func measure(_ browsers: [any BrowserKind]) async throws -> LegibilityResult {
        let study = LegibilityStudy(tandem: try PlannedRun.ownProgram(), repetitions: repetitions)
        do {
            return try await Interruptible.run {
                do {
                    return try await TemporaryFolder.with { temporary in
                        try await study.measure(browsers, in: temporary) { Tandem.complain($0) }
                    }
                } catch {
                    // What was under way ends with errors of its own.
                    try Task.checkCancellation()
                    throw error
                }
            }
        } catch is CancellationError {
            throw ExitStatus.interrupted
        }
    }
}
