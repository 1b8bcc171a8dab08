internal import ExperimentModel
internal import Measurement

/// The values of several trials of one cell, kept apart by trial so that whole trials can be resampled.
///
/// Deliveries within a trial share its scheduling, its caches and its neighbours, so resampling single values would
/// give intervals that are far too narrow. A resample is a choice of trials; a quantile of it is found by bisection
/// over cumulative counts, so that a thousand resamples cost milliseconds.
struct PooledDistribution {
    /// Ascending, all that occur in any trial.
    private let values: [Int64]
    /// By trial: how many of its values do not exceed `values[i]`.
    private let cumulative: [[Int64]]
    /// By trial, with the censored.
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

    /// The quantile over the chosen trials, each as often as it is chosen; infinity among the censored, nil without values.
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
