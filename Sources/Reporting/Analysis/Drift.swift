public import ExperimentModel
internal import Measurement

/// What changes in the course of a long window, of one cell.
public struct Drift: Sendable {
    /// By trial, in the order of the blocks; each with one sample at least.
    public var trials: [Trial]
    /// Bytes an hour by which the server's resident memory grew; nil where no trial has the samples for a line.
    public var memory: Estimate?
    /// Nanoseconds an hour by which the 99th percentile of the latency between two samples grew; nil likewise.
    public var latencyP99: Estimate?

    public struct Trial: Sendable, Hashable {
        public var block: Int
        /// Ascending in time.
        public var samples: [WindowSample]
    }

    /// The longest of the windows, in seconds.
    public var seconds: Double { trials.compactMap(\.samples.last?.seconds).max() ?? 0 }

    /// The median over trials of the first and of the last value that they have; nil where none has any.
    func ends(_ value: (WindowSample) -> Double?) -> (first: Double, last: Double)? {
        let values = trials.map { $0.samples.compactMap(value) }.filter { !$0.isEmpty }
        guard let first = Quantiles(values.compactMap(\.first)).median,
            let last = Quantiles(values.compactMap(\.last)).median
        else { return nil }
        return (first, last)
    }
}
