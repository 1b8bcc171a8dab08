internal import ExperimentModel

/// `figures.json`: the figures of `figures.csv`, grouped by cell, comparison or auth scheme.
public struct FiguresJSONRenderer: Renderer {
    public let fileName = "figures.json"
    public let purpose = "the figures of every study in one form, for programs"

    public init() {}

    private struct File: Encodable {
        var experiment: String
        var runs: [String]
        var figures: [Group]
    }

    private struct Group: Encodable {
        var study: String
        /// Nil if the figures belong to several cells.
        var cell: String?
        /// By the factor's key in experiment files.
        var levels: [String: ReportJSON.Level]
        var connections: Int?
        var trials: Int?
        var figures: [ReportJSON.Figure]
    }

    public func render(_ analysis: Analysis) throws -> String {
        let report = StudyReport(analysis)
        let groups = (report.figures + report.gaps).map { one in
            Group(
                study: one.study, cell: one.cell.isEmpty ? nil : one.cell,
                levels: Dictionary(
                    uniqueKeysWithValues: one.levels.map { ($0.key, ReportJSON.Level(level: $1)) }),
                connections: one.connections, trials: one.trials, figures: one.lines.map(ReportJSON.Figure.init))
        }
        return try ReportJSON.text(File(experiment: analysis.experiment, runs: analysis.runs, figures: groups))
    }
}
