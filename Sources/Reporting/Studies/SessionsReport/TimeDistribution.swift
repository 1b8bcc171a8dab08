public import ExperimentModel
internal import Measurement

/// A time over the sessions of a cell's trials: quantiles with their intervals over trials, what never came included.
public struct TimeDistribution: Sendable {
    /// In nanoseconds; infinity where the quantile falls among what never came.
    public var p50: Estimate
    public var p90: Estimate
    public var p99: Estimate
    /// The values of all trials together.
    public var pooled: LatencySummary

    /// Nil without a value.
    init?(_ summaries: [LatencySummary], _ statistics: TrialStatistics) {
        let points = statistics.curve(summaries, at: [0.5, 0.9, 0.99]).points.map(\.estimate)
        guard points.count == 3, let first = summaries.first else { return nil }
        (p50, p90, p99) = (points[0], points[1], points[2])
        pooled = summaries.dropFirst().reduce(first) { $0.merged(with: $1) }
    }

    /// With those that never came.
    public var count: Int64 { pooled.count + pooled.censored }

    /// In nanoseconds; infinity among what never came.
    func quantile(_ quantile: Double) -> Double {
        pooled.histogram.quantile(quantile, censored: pooled.censored).map(Double.init) ?? .infinity
    }

    /// `n 50`, `n 50, 3 never`.
    var sizeText: String {
        "n \(Decimals.integer(count))"
            + (pooled.censored > 0 ? ", \(Decimals.integer(pooled.censored)) never" : "")
    }

    /// The median with its interval, then the 99th percentile and what they rest on.
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
    /// A figure that there is none of.
    static let none = PageTable.Cell(text: "–")

    init(_ distribution: TimeDistribution?) { self = distribution?.cell ?? .none }

    /// A figure with its interval beneath.
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
    /// The median over trials, of which some may never have come to it: infinity where half or more did not.
    func median(ofReached samples: [Double?]) -> Estimate? {
        guard samples.contains(where: { $0 == nil || $0?.isFinite == false }) else {
            return median(of: samples.compactMap { $0 })
        }
        let sorted = samples.map { $0 ?? .infinity }.sorted()
        return Estimate(value: sorted[sorted.count / 2], interval: nil, trials: samples.count)
    }
}
