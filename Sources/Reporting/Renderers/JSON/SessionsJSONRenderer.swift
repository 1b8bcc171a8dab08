internal import ExperimentModel
internal import FoundationEssentials

/// `sessions.json`: the figures of each cell of a study of sessions, the curves of its storms, and the goals, for
/// programs.
public struct SessionsJSONRenderer: Renderer {
    public let fileName = "sessions.json"
    public let purpose = "the figures of each cell of a study of sessions, curves and goals, for programs"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.sessions != nil }

    private struct File: Encodable {
        var experiment: String
        var runs: [String]
        var studies: [String]
        var measuredSeconds: Double
        var goals: [ReportJSON.Goal]
        var cells: [CellFigures]
        var gaps: [Gap]
    }

    private struct CellFigures: Encodable {
        var cell: String
        var study: String
        var transport: String
        var `protocol`: String
        var tls: Bool
        var session: SessionLevels?
        var connections: Int?
        var trials: Int?
        var figures: [ReportJSON.Figure]
        /// From the trial with the median time until 99 % were back.
        var curves: Curves?
    }

    private struct Curves: Encodable {
        var measured: StormCurve
        var model: StormCurve?
        var extrapolation: StormCurve?
    }

    private struct Gap: Encodable {
        var status: String
        var reason: String
        var cells: [String]
    }

    /// The maximum number of bins of a curve.
    private static let bins = 500

    public func render(_ analysis: Analysis) throws -> String {
        guard let sessions = analysis.sessions else { return "{}\n" }
        let report = StudyReport(analysis)
        let curves = Dictionary(
            sessions.storms.map { storm in
                (
                    storm.cell.id,
                    Curves(
                        measured: storm.drawn.measured.rebinned(to: Self.bins),
                        model: storm.drawn.model?.rebinned(to: Self.bins),
                        extrapolation: storm.extrapolated?.rebinned(to: Self.bins))
                )
            }, uniquingKeysWith: { first, _ in first })
        let file = File(
            experiment: analysis.experiment, runs: analysis.runs, studies: sessions.studies.map(\.rawValue),
            measuredSeconds: sessions.measuredSeconds,
            goals: sessions.goals.map(ReportJSON.Goal.init),
            cells: report.figures.map { one in
                CellFigures(
                    cell: one.cell, study: one.study, transport: one.levels[.transport]?.text ?? "",
                    protocol: one.levels[.protocolVersion]?.text ?? "", tls: one.levels[.tls]?.flag ?? false,
                    session: one.session, connections: one.connections, trials: one.trials,
                    figures: one.lines.map(ReportJSON.Figure.init), curves: curves[one.cell])
            },
            gaps: sessions.exclusions.byReason.map {
                Gap(status: $0[0].status.rawValue, reason: $0[0].reason, cells: $0.map(\.cell.id))
            })
        return try ReportJSON.text(file)
    }
}
