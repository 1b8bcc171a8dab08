import ExperimentModel
import Reporting

/// The output of `tandem report --json`: the files, how complete the run is, and every verdict.
struct ReportSummary: Encodable {
    var folder: String
    var experiment: String
    /// Paths of the written files.
    var files: [String]
    var completeness: Completeness
    /// Each pair of subjects, metric and condition.
    var verdicts: [Verdict]
    /// Cells without figures, and why.
    var exclusions: [Exclusion]

    struct Completeness: Encodable {
        var isComplete: Bool
        var recorded: Int
        /// Nil where the run left no plan.
        var planned: Int?
        var missing: Int
        var blocks: Int
        /// Nil where the last line is complete.
        var torn: String?
        var trials: [String: Int]
    }

    struct Verdict: Encodable {
        var condition: String
        var metric: String
        var subject: String
        var against: String
        var verdict: String
        /// The subject's figure divided by the other's; like the ends of its interval, nil where it is not finite.
        var ratio: Double?
        var low: Double?
        var high: Double?
        var blocks: Int
        var isWithinNoise: Bool
        var obstacle: String?
    }

    struct Exclusion: Encodable {
        var cell: String
        var status: String
        var reason: String
        var trials: Int
    }

    init(_ analysis: Analysis, _ files: ReportFiles, folder: String) {
        self.folder = folder
        experiment = analysis.experiment
        self.files = files.files.map { "\(folder)/\($0.name)" }
        let completeness = analysis.completeness
        self.completeness = Completeness(
            isComplete: !completeness.isPartial, recorded: completeness.recorded, planned: completeness.planned,
            missing: completeness.missing, blocks: completeness.blocks, torn: completeness.tornLine,
            trials: Dictionary(uniqueKeysWithValues: completeness.trials.map { ($0.key.rawValue, $0.value) }))
        // JSON has no infinity.
        func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        verdicts = analysis.contrasts.map { contrast in
            Verdict(
                condition: contrast.condition.label(among: analysis.conditions), metric: contrast.metric.rawValue,
                subject: contrast.subject.label, against: contrast.reference.label, verdict: contrast.verdict.text,
                ratio: finite(contrast.ratio), low: finite(contrast.interval?.lowerBound),
                high: finite(contrast.interval?.upperBound), blocks: contrast.blocks,
                isWithinNoise: contrast.isWithinNoise, obstacle: contrast.obstacle)
        }
        exclusions = analysis.exclusions.map {
            Exclusion(cell: $0.cell.id, status: $0.status.rawValue, reason: $0.reason, trials: $0.trials)
        }
    }
}
