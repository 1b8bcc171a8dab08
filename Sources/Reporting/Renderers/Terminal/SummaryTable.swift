public import ExperimentModel

/// The outcome of a run for a terminal: a few lines for each condition.
public enum SummaryTable {
    /// - Parameters:
    ///   - observations: the observations of a run, complete or not.
    ///   - width: in characters; at least 40 are used. Columns that do not fit are left out, the least important first.
    /// - Returns: lines that end in a newline; a sentence that says so if there are no observations.
    public static func text(_ observations: [Observation], width: Int, options: ReportOptions)
        -> String
    {
        text(ResultFolder(path: "", observations: observations), width: width, options: options)
    }

    /// The summary of a result folder, whose manifest tells what is missing.
    public static func text(_ folder: ResultFolder, width: Int, options: ReportOptions) -> String {
        guard let analysis = try? AnalysisBuilder(folder, options: options).build() else {
            return "No trial has ended yet.\n"
        }
        return text(analysis, width: width)
    }

    /// The summary of an analysis that was made before.
    public static func text(_ analysis: Analysis, width: Int) -> String {
        let width = max(width, 40)
        let blocks = StudyReport(analysis).summary.blocks.map { block in
            switch block {
            case .table(let table): TerminalTable(table: table, width: width).lines
            case .sentences(let sentences): sentences.flatMap { $0.wrapped(width: width) }
            }
        }
        return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }
}
