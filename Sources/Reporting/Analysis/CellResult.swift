public import ExperimentModel

/// The results of all trials of one cell.
public struct CellResult: Sendable {
    public var cell: Cell
    public var subject: Subject
    public var condition: Condition
    public var outcome: Outcome
    /// The number of trials by status.
    public var trials: [Observation.Status: Int]
    /// The reasons of trials that are not `ok`, each once, in the order of appearance.
    public var reasons: [String]
    /// From the `ok` trials alone.
    public var figures: [Metric: Estimate]
    public var corrected: LatencySummary?
    public var uncorrected: LatencySummary?
    /// At the percentiles of `percentiles.csv`.
    public var correctedCurve: QuantileCurve
    public var uncorrectedCurve: QuantileCurve
    /// The corrected latency at even steps of a chart.
    public var band: QuantileCurve
    public var ledger: LedgerSummary?
    /// The share of the window that the load generator's busiest thread spent on a processor, 0 to 1, the maximum over
    /// trials.
    public var loadBusyFraction: Double?
    /// The share of the window in which one of the load generator's threads was on a processor or waited for one, 0 to
    /// 1, the maximum over trials.
    public var loadDemandFraction: Double?
    /// The share of all its allowed processors that the load generator used, 0 to 1, the maximum over trials.
    public var loadProcessFraction: Double?
    /// The part of each latency that the client causes itself, in nanoseconds, the maximum over trials.
    public var clientFloor: Int64?
    /// The 99th percentile of the publisher's lateness against its schedule, in nanoseconds, the maximum over trials.
    public var publisherLateness: Int64?
    /// The sum over trials; nil if no subscriber stopped reading.
    public var slowReaders: SlowReaderSummary?
    /// Heartbeats that subscribers received within the windows of all trials; nil if they were not counted.
    public var heartbeats: Int64?
    /// Nil if no window was long enough to be sampled.
    public var drift: Drift?

    /// What the trials of a cell amount to.
    public enum Outcome: String, Sendable, Hashable {
        /// At least one trial is `ok`.
        case measured
        /// Trials ran, but none says anything about the server.
        case invalid
        case failed
        case skipped

        /// - Parameter trials: the number of trials of the cell by status.
        init(_ trials: [Observation.Status: Int]) {
            if trials[.ok] != nil {
                self = .measured
            } else if trials[.invalid] != nil {
                self = .invalid
            } else {
                self = trials[.failed] != nil ? .failed : .skipped
            }
        }
    }

    public func figure(_ metric: Metric) -> Estimate? { figures[metric] }

    /// The number of trials that the figures come from.
    public var okTrials: Int { trials[.ok] ?? 0 }
}

extension LedgerSummary {
    /// The sum over trials.
    static func + (left: Self, right: Self) -> Self {
        Self(
            expected: left.expected + right.expected, delivered: left.delivered + right.delivered,
            lost: left.lost + right.lost, duplicated: left.duplicated + right.duplicated,
            reordered: left.reordered + right.reordered, coalesced: left.coalesced + right.coalesced,
            positionsLost: left.positionsLost + right.positionsLost, undelivered: left.undelivered + right.undelivered)
    }

    /// Whether the invariant held: nothing lost in silence, nothing twice, nothing out of order.
    public var isClean: Bool { lost == 0 && duplicated == 0 && reordered == 0 }
}

extension SlowReaderSummary {
    /// The sum over trials.
    static func + (left: Self, right: Self) -> Self {
        Self(
            count: left.count + right.count, cut: left.cut + right.cut,
            positionsLost: left.positionsLost + right.positionsLost)
    }
}

extension [CellResult] {
    /// How a caption describes the intervals of the figures. A cell with a single trial has none.
    var intervalPhrase: String {
        let trials = map(\.okTrials).filter { $0 > 0 }
        guard trials.contains(where: { $0 > 1 }) else { return "without intervals, as each cell has one trial" }
        return "with 95 % bootstrap intervals over trials" + (trials.contains(1) ? ", where a cell has several" : "")
    }
}
