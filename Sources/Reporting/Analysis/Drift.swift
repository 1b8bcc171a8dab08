public import ExperimentModel
internal import Measurement

/// How one cell changes over long windows.
public struct Drift: Sendable {
    /// In the order of the blocks. Each trial has at least one sample.
    public var trials: [Trial]
    /// Growth of the server's resident memory, in bytes an hour; nil if no trial has enough samples for a line.
    public var memory: Estimate?
    /// Growth of the 99th percentile of the latency, in nanoseconds an hour; nil if no trial has enough samples for a
    /// line.
    public var latencyP99: Estimate?

    public struct Trial: Sendable, Hashable {
        public var block: Int
        /// Ascending in time.
        public var samples: [WindowSample]
    }

    /// The longest of the windows, in seconds.
    public var seconds: Double { trials.compactMap(\.samples.last?.seconds).max() ?? 0 }

    /// The medians over trials of each trial's first and last value; nil if no sample has the value.
    func ends(_ value: (WindowSample) -> Double?) -> (first: Double, last: Double)? {
        let values = trials.map { $0.samples.compactMap(value) }.filter { !$0.isEmpty }
        guard let first = Quantiles(values.compactMap(\.first)).median,
            let last = Quantiles(values.compactMap(\.last)).median
        else { return nil }
        return (first, last)
    }
}
