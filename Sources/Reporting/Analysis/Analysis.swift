public import ExperimentModel

/// The analysis of a run: every figure and finding of its reports, computed once from the observations. Renderers only
/// arrange it.
public struct Analysis: Sendable {
    /// The experiment's name, as in its file.
    public var experiment: String
    /// The heading of the report; the experiment's name if it has no title.
    public var title: String
    /// Ids of the runs that the observations come from, normally one.
    public var runs: [String]
    public var seeds: [UInt64]
    /// When the first trial started (RFC 3339).
    public var firstStart: String
    public var lastStart: String
    /// Ratios within `1 ± margin` count as equivalent.
    public var margin: Double
    /// Nil if `environment.json` is missing.
    public var environment: EnvironmentRecord?
    /// Whether the server and the load generator ran on separate processors; nil if the run did not record it.
    public var pins: Bool?
    public var completeness: Completeness
    /// Every subject, in the order of tables and colours.
    public var subjects: [Subject]
    /// The cells by condition. Only cells of one group are compared.
    public var groups: [Group]
    /// Whether a trial of a floor succeeded.
    public var hasMeasuredFloor: Bool
    /// Every pair of subjects, metric and condition.
    public var contrasts: [PairComparison]
    public var noise: [NoiseCheck]
    public var exclusions: [Exclusion]
    public var memory: [MemoryFit]
    /// Memory per connection; empty if no trial read the memory of its server.
    public var footprints: [Footprint]
    /// The names that an experiment may use.
    public var vocabulary: Vocabulary
    /// Nil if the run is not a study of auth schemes.
    public var auth: AuthAnalysis?
    /// Nil if the run is not a study of sessions.
    public var sessions: SessionsAnalysis?
    /// Nil if the run is not a study of capacity.
    public var capacity: CapacityAnalysis?

    /// Nil where the run is asked nothing first.
    public var primary: PrimaryAnalysis?

    /// Whether the run compares how cells deliver updates.
    public var isOfDeliveries: Bool { auth == nil && sessions == nil && capacity == nil }

    /// The conditions of all groups.
    public var conditions: [Condition] { groups.map(\.condition) }

    /// All cells that are compared.
    public var cells: [CellResult] { groups.flatMap(\.cells) }

    /// The cells whose windows were sampled, with the label of their condition.
    var driftingCells: [(label: String, cell: CellResult, drift: Drift)] {
        groups.flatMap { group in group.cells.compactMap { cell in cell.drift.map { (group.label, cell, $0) } } }
    }

    /// The sum of the ledgers of all measured cells.
    public var ledger: LedgerSummary? {
        let ledgers = cells.compactMap(\.ledger)
        return ledgers.isEmpty ? nil : ledgers.reduce(LedgerSummary(), +)
    }

    /// The comparison of two subjects; nil if none was made with `subject` first and `reference` second.
    public func contrast(_ subject: Subject, against reference: Subject, _ metric: Metric, _ condition: Condition)
        -> PairComparison?
    {
        contrasts.first {
            $0.subject == subject && $0.reference == reference && $0.metric == metric && $0.condition == condition
        }
    }

    /// The colour number of a subject, the same in every chart and table. The first subject of each transport comes
    /// first, so that SSE and WebSocket always have the two colours that differ most.
    public func tone(of subject: Subject) -> Int {
        let leaders = unique(subjects.map(\.transport)).compactMap { one in subjects.first { $0.transport == one } }
        return unique(leaders + subjects).firstIndex(of: subject) ?? 0
    }
}

extension Group {
    /// The subject that the others of the group are compared with: the first that was measured.
    public var reference: Subject? { cells.first { $0.outcome == .measured }?.subject }
}
