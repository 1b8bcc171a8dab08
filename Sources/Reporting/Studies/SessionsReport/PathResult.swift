public import ExperimentModel

/// The observations of all trials of a cell in a study of proxies.
public struct PathResult: Sendable {
    public var cell: Cell
    public var trials: Int
    /// The worst verdict of all trials.
    public var verdict: PathSummary.Verdict
    /// The outcomes that the trials recorded, each sentence once.
    public var outcomes: [String]
    public var settings: Int
    public var firstUpdate: TimeDistribution?
    public var updates: TimeDistribution?
    /// In nanoseconds; nil if no trial's idle connection was cut.
    public var idleCut: Estimate?
    public var refusal: Int?
    public var ledger: SessionLedgerSummary?

    /// Nil if there are no trials.
    init?(_ cell: Cell, _ trials: [PathSummary], _ statistics: TrialStatistics) {
        guard let worst = trials.map(\.verdict).max(by: { $0.rank < $1.rank }) else { return nil }
        self.cell = cell
        self.trials = trials.count
        verdict = worst
        outcomes = unique(trials.map(\.outcome))
        settings = trials.map(\.settings).max() ?? 0
        firstUpdate = TimeDistribution(trials.compactMap(\.firstUpdate), statistics)
        updates = TimeDistribution(trials.compactMap(\.updates), statistics)
        idleCut = statistics.median(of: trials.compactMap { $0.idleCutSeconds.map { ($0 * 1e9).rounded() } })
        refusal = trials.compactMap(\.refusal).first
        let ledgers = trials.compactMap(\.ledger)
        ledger = ledgers.isEmpty ? nil : .total(ledgers)
    }
}

extension PathSummary.Verdict {
    fileprivate var rank: Int {
        switch self {
        case .works: 0
        case .cut: 1
        case .heldBack: 2
        case .refused: 3
        }
    }

    var label: String {
        switch self {
        case .works: "works"
        case .cut: "cut when idle"
        case .heldBack: "held back"
        case .refused: "refused"
        }
    }

    /// The class of the verdict's chip.
    var chip: Words {
        switch self {
        case .works: "ok"
        case .cut: "undecided"
        case .heldBack, .refused: "failed"
        }
    }
}
