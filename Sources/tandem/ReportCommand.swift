import ArgumentParser
import Catalog
import ExperimentModel
import FoundationEssentials
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
              tandem report --json \\
                | jq -r '.verdicts[] | select(.verdict == "higher") | .subject'

            Exit status: 0 written; 2 no result folder, or damaged files; 3 the folder cannot be written.
            """)

    @Argument(help: ArgumentHelp("A result folder.", valueName: "folder"), completion: .directory)
    var folder = "Experiments/Results/latest"
    @Flag(help: "Print the summary table as well.") var table = false
    @Flag(help: "Print files, completeness and verdicts as a JSON object.") var json = false

    func validate() throws {
        guard !table || !json else { throw ValidationError("--table is for people and --json for scripts: choose one") }
    }

    func run() async throws {
        let results = try ResultFolder(path: folder)
        let report = Report.ofTheCatalog
        let analysis = try report.analyze(results)
        let files = try await report.write(analysis, to: results.path)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let summary = ReportSummary(analysis, files, folder: results.path)
            return print(String(decoding: try encoder.encode(summary), as: UTF8.self))
        }
        let completeness = analysis.completeness
        if completeness.isPartial, let planned = completeness.planned {
            Tandem.complain(
                "the run has \(completeness.recorded) of \(planned) trials: go on with it by `tandem run --resume \(folder)`"
            )
        }
        if let torn = results.tornLine { Tandem.complain("\(torn); the report leaves it out") }
        if table { print(SummaryTable.text(analysis, width: RunText.width)) }
        for file in files.files { print("\(results.path)/\(file.name)") }
    }
}

extension Report {
    /// A report with every registered form, compared with everything in the catalog.
    static var ofTheCatalog: Report {
        Report(renderers: Catalog.renderers, options: ReportOptions(vocabulary: Catalog.vocabulary))
    }
}
