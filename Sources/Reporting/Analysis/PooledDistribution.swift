internal import ExperimentModel
internal import Measurement

/// The values of several trials of one cell, kept apart by trial so that whole trials can be resampled.
///
/// Deliveries within a trial share its scheduling, its caches and its neighbours. Resampling single values would
/// therefore give intervals that are far too narrow. A resample is a choice of trials. A quantile of it is found by
/// bisection over cumulative counts, so that a thousand resamples take milliseconds.
struct PooledDistribution {
    /// Every value that occurs in a trial, ascending.
    private let values: [Int64]
    /// By trial: the number of its values that do not exceed `values[i]`.
    private let cumulative: [[Int64]]
    /// By trial: the number of its values, censored ones included.
    private let totals: [Int64]

    init(_ summaries: [LatencySummary]) {
        let all = SparseHistogram(summaries.flatMap(\.histogram.entries))
        let values = all.entries.map(\.value)
        self.values = values
        cumulative = summaries.map { summary in
            var counts: [Int64] = []
            counts.reserveCapacity(values.count)
            var entries = summary.histogram.entries[...]
            var seen: Int64 = 0
            for value in values {
                if let first = entries.first, first.value == value {
                    seen += first.count
                    entries.removeFirst()
                }
                counts.append(seen)
            }
            return counts
        }
        totals = summaries.map { $0.histogram.count + $0.censored }
    }

    var trials: Int { totals.count }
    var count: Int64 { totals.reduce(0, +) }

    /// The quantile over the chosen trials, where a trial counts as often as it is chosen; infinity if it falls among
    /// censored values, nil if there are no values.
    func quantile(_ quantile: Double, of chosen: [Int]) -> Double? {
        let total = chosen.reduce(0) { $0 + totals[$1] }
        guard total > 0 else { return nil }
        let rank = max(1, Int64((quantile * Double(total)).rounded(.up)))
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            let seen = chosen.reduce(0) { $0 + cumulative[$1][middle] }
            if seen >= rank { high = middle } else { low = middle + 1 }
        }
        return low < values.count ? Double(values[low]) : .infinity
    }
}
