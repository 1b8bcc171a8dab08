public import Clocks
import Histogram

/// Records latencies with three significant digits, from a nanosecond to an hour, in constant time and memory.
///
/// A latency counts from the *intended* time of publication, so that a publisher or a server that falls behind cannot
/// hide its delay by publishing less often. Nothing is corrected afterwards. A histogram is confined to one thread;
/// each loop records into its own, and they are merged at the end.
public struct LatencyHistogram: Sendable {
    /// Larger values are recorded as this one: no trial lasts so long.
    public static let largestNanoseconds: Int64 = 3_600_000_000_000

    private var histogram = Self.empty()
    /// How many values were below zero. They are recorded as zero; more than a few mean that two different clocks
    /// were compared.
    public private(set) var negativeCount: Int64 = 0

    public init() {}

    /// Restores a histogram from its export.
    public init(_ sparse: SparseHistogram) {
        for entry in sparse.entries { record(nanoseconds: entry.value, count: entry.count) }
    }

    public var count: Int64 { Int64(histogram.totalCount) }

    public mutating func record(nanoseconds: Int64, count: Int64 = 1) {
        precondition(count >= 0, "a count is not negative")
        if nanoseconds < 0 { negativeCount += count }
        let clamped = min(max(nanoseconds, 0), Self.largestNanoseconds)
        histogram.record(UInt64(clamped), count: UInt64(count))
    }

    /// Records the time from the intended publication to the delivery.
    public mutating func record(intended: MonotonicInstant, delivered: MonotonicInstant) {
        record(nanoseconds: delivered.nanoseconds - intended.nanoseconds)
    }

    public mutating func merge(_ other: Self) {
        histogram.add(other.histogram)
        negativeCount += other.negativeCount
    }

    public mutating func reset() {
        histogram.reset()
        negativeCount = 0
    }

    /// The smallest value that is at least as large as the fraction `quantile` of the recorded values; nil without
    /// values.
    public func quantile(_ quantile: Double) -> Int64? {
        precondition((0...1).contains(quantile), "a quantile lies between 0 and 1")
        guard count > 0 else { return nil }
        return Int64(histogram.valueAtPercentile(quantile * 100))
    }

    public var largest: Int64? { count > 0 ? Int64(histogram.max) : nil }

    /// All recorded values, to write to a file and to merge over trials without loss.
    public var sparse: SparseHistogram {
        SparseHistogram(
            histogram.recordedValues().map {
                SparseHistogram.Entry(value: Int64($0.value), count: Int64($0.count))
            })
    }

    private static func empty() -> Histogram<UInt64> {
        // A fixed range, because growing the table would pause the loop that records.
        Histogram(
            lowestDiscernibleValue: 1, highestTrackableValue: UInt64(largestNanoseconds),
            numberOfSignificantValueDigits: .three)
    }
}
