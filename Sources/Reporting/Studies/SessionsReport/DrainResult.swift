public import ExperimentModel

/// The observations of all trials of a cell in a study of drains.
public struct DrainResult: Sendable {
    public var cell: Cell
    public var trials: Int
    public var sessions: Int
    /// From SIGTERM to the end of the process, in nanoseconds.
    public var exit: Estimate?
    /// The maximum over trials, in nanoseconds.
    public var longestExit: Double
    public var bound: Double
    /// Whether the server of every trial ended within its bound.
    public var isWithinBound: Bool
    public var cleanReasons: Int
    public var closed: TimeDistribution?
    public var reconnects: TimeDistribution?
    public var ledger: SessionLedgerSummary?

    /// Nil if there are no trials.
    init?(_ cell: Cell, _ trials: [DrainSummary], _ statistics: TrialStatistics) {
        guard let bound = trials.map(\.boundSeconds).max(), let longest = trials.map(\.exitSeconds).max() else {
            return nil
        }
        self.cell = cell
        self.trials = trials.count
        self.bound = (bound * 1e9).rounded()
        longestExit = (longest * 1e9).rounded()
        isWithinBound = trials.allSatisfy { $0.exitSeconds <= $0.boundSeconds }
        sessions = trials.reduce(0) { $0 + $1.sessions }
        cleanReasons = trials.reduce(0) { $0 + $1.cleanReasons }
        exit = statistics.median(of: trials.map { ($0.exitSeconds * 1e9).rounded() })
        closed = TimeDistribution(trials.map(\.closed), statistics)
        reconnects = TimeDistribution(trials.map(\.reconnects), statistics)
        let ledgers = trials.compactMap(\.ledger)
        ledger = ledgers.isEmpty ? nil : .total(ledgers)
    }

    /// 0 to 1; nil if there are no sessions.
    public var cleanShare: Double? { sessions > 0 ? Double(cleanReasons) / Double(sessions) : nil }

    /// From the 5th to the 95th percentile of the reconnects, in nanoseconds; nil if there are none, infinity if one of
    /// the two falls among censored values.
    public var spread: Double? {
        reconnects.map { reconnects in
            let (low, high) = (reconnects.quantile(0.05), reconnects.quantile(0.95))
            return low.isFinite && high.isFinite ? high - low : .infinity
        }
    }
}
