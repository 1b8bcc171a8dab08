public import ExperimentModel

/// Everything that reports say, computed once from the lines of a run; renderers only arrange it.
public struct Analysis: Sendable {
    /// The experiment's name, as in its file.
    public var experiment: String
    /// For people; the name where there is no other.
    public var title: String
    /// Ids of the runs that the lines come from, normally one.
    public var runs: [String]
    public var seeds: [UInt64]
    /// RFC 3339: when the first and the last trial started.
    public var firstStart: String
    public var lastStart: String
    /// Ratios within `1 ± margin` count as equivalent.
    public var margin: Double
    /// Nil where `environment.json` is missing.
    public var environment: EnvironmentRecord?
    /// Whether server and load generator had processors of their own; nil where the run did not record it.
    public var pins: Bool?
    public var completeness: Completeness
    /// All that were compared, in the order of tables and colours.
    public var subjects: [Subject]
    /// The cells that can be compared with each other, by condition.
    public var groups: [Group]
    /// Whether the machine's own limit was measured, if nothing else.
    public var hasMeasuredFloor: Bool
    /// Every pair of subjects, metric and condition.
    public var contrasts: [PairComparison]
    public var noise: [NoiseCheck]
    public var exclusions: [Exclusion]
    public var memory: [MemoryFit]
    /// Empty where no trial read the memory of its server.
    public var footprints: [Footprint]
    /// What experiments could have named.
    public var vocabulary: Vocabulary
    /// Nil where the run is no study of auth schemes.
    public var auth: AuthAnalysis?
    /// Nil where the run is no study of sessions.
    public var sessions: SessionsAnalysis?
    /// Nil where the run is no study of capacity.
    public var capacity: CapacityAnalysis?

    /// Whether its cells are compared by how they deliver.
    public var isOfDeliveries: Bool { auth == nil && sessions == nil && capacity == nil }

    /// The conditions of all groups.
    public var conditions: [Condition] { groups.map(\.condition) }

    /// All cells that are compared.
    public var cells: [CellResult] { groups.flatMap(\.cells) }

    /// The cells that were sampled within their windows, with the label of their condition.
    var driftingCells: [(label: String, cell: CellResult, drift: Drift)] {
        groups.flatMap { group in group.cells.compactMap { cell in cell.drift.map { (group.label, cell, $0) } } }
    }

    /// The ledgers of all cells that were measured, added up.
    public var ledger: LedgerSummary? {
        let ledgers = cells.compactMap(\.ledger)
        return ledgers.isEmpty ? nil : ledgers.reduce(LedgerSummary(), +)
    }

    /// The comparison of two subjects as it was made; the order of the two does not matter for finding it.
    public func contrast(_ subject: Subject, against reference: Subject, _ metric: Metric, _ condition: Condition)
        -> PairComparison?
    {
        contrasts.first {
            $0.subject == subject && $0.reference == reference && $0.metric == metric && $0.condition == condition
        }
    }

    /// The colour number of a subject, the same in every chart and table: first one of each transport, so that SSE and WebSocket
    /// have the two colours that differ most, whatever else was measured.
    public func tone(of subject: Subject) -> Int {
        let leaders = unique(subjects.map(\.transport)).compactMap { one in subjects.first { $0.transport == one } }
        return unique(leaders + subjects).firstIndex(of: subject) ?? 0
    }
}

extension Group {
    /// What the others in the group are compared with: the first that was measured.
    public var reference: Subject? { cells.first { $0.outcome == .measured }?.subject }
}
