public import Measurement

/// The distribution of one time, in nanoseconds.
///
/// Values that never came are *censored*: they count as longer than every recorded value. So a quantile that falls
/// among them is nil, which is more honest than a quantile of the others.
public struct LatencySummary: Codable, Hashable, Sendable {
    /// Recorded values.
    public var count: Int64
    /// Values that were expected and did not come before the trial ended.
    public var censored: Int64
    /// The smallest recorded value; nil without one.
    public var min: Int64?
    /// Quantiles over recorded and censored values; nil without a value, or where they fall among the censored.
    public var p50: Int64?
    public var p90: Int64?
    public var p99: Int64?
    public var p999: Int64?
    /// The largest recorded value; nil without one.
    public var max: Int64?
    /// The mean of the recorded values, for sanity checks only; nil without one.
    public var mean: Double?
    /// All recorded values at three significant digits, to merge trials and to draw curves from.
    public var histogram: SparseHistogram

    public init(histogram: SparseHistogram, censored: Int64 = 0) {
        self.count = histogram.count
        self.censored = censored
        self.min = histogram.entries.first?.value
        self.p50 = histogram.quantile(0.5, censored: censored)
        self.p90 = histogram.quantile(0.9, censored: censored)
        self.p99 = histogram.quantile(0.99, censored: censored)
        self.p999 = histogram.quantile(0.999, censored: censored)
        self.max = histogram.entries.last?.value
        self.mean = histogram.mean
        self.histogram = histogram
    }

    /// The summary of both sets of values.
    public func merged(with other: Self) -> Self {
        Self(histogram: histogram.merged(with: other.histogram), censored: censored + other.censored)
    }
}
