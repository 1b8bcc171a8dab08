public import ExperimentModel
internal import Measurement

/// A time over the sessions of a cell's trials: quantiles with their intervals over trials. Sessions that never came
/// are censored values.
public struct TimeDistribution: Sendable {
    /// In nanoseconds; infinity if the quantile falls among censored values.
    public var p50: Estimate
    public var p90: Estimate
    public var p99: Estimate
    /// The values of all trials together.
    public var pooled: LatencySummary

    /// Nil if there are no values.
    init?(_ summaries: [LatencySummary], _ statistics: TrialStatistics) {
        let points = statistics.curve(summaries, at: [0.5, 0.9, 0.99]).points.map(\.estimate)
        guard points.count == 3, let first = summaries.first else { return nil }
        (p50, p90, p99) = (points[0], points[1], points[2])
        pooled = summaries.dropFirst().reduce(first) { $0.merged(with: $1) }
    }

    /// The number of values, censored ones included.
    public var count: Int64 { pooled.count + pooled.censored }

    /// In nanoseconds; infinity if it falls among censored values.
    func quantile(_ quantile: Double) -> Double {
        pooled.histogram.quantile(quantile, censored: pooled.censored).map(Double.init) ?? .infinity
    }

    /// `n 50`; `n 50, 3 never` if three values are censored.
    var sizeText: String {
        "n \(Decimals.integer(count))"
            + (pooled.censored > 0 ? ", \(Decimals.integer(pooled.censored)) never" : "")
    }

    /// The median with its interval, then the 99th percentile and the number of values.
    var cell: PageTable.Cell {
        PageTable.Cell(
            text: Unit.nanoseconds.text(p50.value), note: Words(p50.intervalText(.nanoseconds, joint: "–")),
            aside: Words("p99 \(Unit.nanoseconds.text(p99.value)), \(sizeText)"))
    }

    /// The 99th percentile with its interval.
    var lastCell: PageTable.Cell {
        PageTable.Cell(
            text: Unit.nanoseconds.text(p99.value), note: Words(p99.intervalText(.nanoseconds, joint: "–")),
            aside: Words(sizeText))
    }
}

extension PageTable.Cell {
    /// Stands for a figure that does not exist.
    static let none = PageTable.Cell(text: "–")

    init(_ distribution: TimeDistribution?) { self = distribution?.cell ?? .none }

    /// A figure with its interval below.
    init(_ estimate: Estimate?, _ unit: Unit, aside: String = "") {
        guard let estimate else {
            self = .none
            return
        }
        self.init(
            text: unit.text(estimate.value), note: Words(estimate.intervalText(unit, joint: "–")), aside: Words(aside))
    }
}

extension TrialStatistics {
    /// The median over trials, where nil stands for a trial that never reached the value; infinity if half of them or
    /// more did not.
    func median(ofReached samples: [Double?]) -> Estimate? {
        guard samples.contains(where: { $0 == nil || $0?.isFinite == false }) else {
            return median(of: samples.compactMap { $0 })
        }
        let sorted = samples.map { $0 ?? .infinity }.sorted()
        return Estimate(value: sorted[sorted.count / 2], interval: nil, trials: samples.count)
    }
}
