public import ExperimentModel

/// All trials of one cell together.
public struct CellResult: Sendable {
    public var cell: Cell
    public var subject: Subject
    public var condition: Condition
    public var outcome: Outcome
    /// How many trials ended in which way.
    public var trials: [Observation.Status: Int]
    /// Why trials were not measured, each reason once, in the order of appearance.
    public var reasons: [String]
    /// From the trials that are `ok`, nothing else.
    public var figures: [Metric: Estimate]
    public var corrected: LatencySummary?
    public var uncorrected: LatencySummary?
    /// At the percentiles of `percentiles.csv`.
    public var correctedCurve: QuantileCurve
    public var uncorrectedCurve: QuantileCurve
    /// The corrected latency at even steps of a chart.
    public var band: QuantileCurve
    public var ledger: LedgerSummary?
    /// The greatest part of the window that the busiest thread of the load generator was on the CPU, 0 to 1.
    public var loadBusyFraction: Double?
    /// The same of the thread that asked for most: on a processor, or waiting for one.
    public var loadDemandFraction: Double?
    /// The greatest part of all processors that the load generator may run on, 0 to 1.
    public var loadProcessFraction: Double?
    /// The client's own part of each latency, in nanoseconds: the greatest of the trials.
    public var clientFloor: Int64?
    /// How late the publisher was against its schedule, 99th percentile, in nanoseconds: the greatest of the trials.
    public var publisherLateness: Int64?
    /// Over all trials; nil where no subscriber stopped reading.
    public var slowReaders: SlowReaderSummary?
    /// Those that the subscribers saw within the windows of all trials; nil where they were not counted.
    public var heartbeats: Int64?
    /// Nil where no window was long enough to be sampled.
    public var drift: Drift?

    /// What a reader may take from a cell.
    public enum Outcome: String, Sendable, Hashable {
        /// At least one trial is `ok`.
        case measured
        /// Trials ran, and none of them tells about the server.
        case invalid
        case failed
        case skipped

        /// - Parameter trials: those of the cell, by status.
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

    /// The trials behind the figures.
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
    /// How a caption speaks of the intervals of the cells' figures: a single trial has none.
    var intervalPhrase: String {
        let trials = map(\.okTrials).filter { $0 > 0 }
        guard trials.contains(where: { $0 > 1 }) else { return "without intervals, as each cell has one trial" }
        return "with 95 % bootstrap intervals over trials" + (trials.contains(1) ? ", where a cell has several" : "")
    }
}
