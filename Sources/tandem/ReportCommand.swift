import ArgumentParser
import Catalog
import ExperimentModel
import Reporting

/// `tandem report`: renders the files of a run again.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Render the report of a run from its observations alone.",
        discussion: """
            Writes report.html, report.md, decision.md and the CSV files into the result folder. A run that was \
            interrupted is reported as far as it went.

            Examples:
              tandem report Experiments/Results/latest
              tandem report Experiments/Results/quick-20261123T050723Z --table
            """)

    @Argument(help: ArgumentHelp("A result folder.", valueName: "folder"), completion: .directory)
    var folder = "Experiments/Results/latest"
    @Flag(help: "Print the summary table as well.") var table = false

    func run() async throws {
        do {
            let results = try ResultFolder(path: folder)
            let files = try await Report(renderers: Catalog.renderers).write(results)
            if let torn = results.tornLine { Tandem.complain("\(torn); the report leaves it out") }
            if table { print(SummaryTable.text(results, width: RunText.width)) }
            for file in files.files { print("\(results.path)/\(file.name)") }
        } catch let error as ReportError {
            throw CommandFailure(.usage, String(describing: error))
        } catch let error as ResultError {
            throw CommandFailure(.usage, String(describing: error))
        }
    }
}
