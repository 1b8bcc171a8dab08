/// A figure with its uncertainty and what it rests on.
public struct Estimate: Sendable, Hashable {
    /// In the metric's unit; infinity where a quantile falls among values that never came.
    public var value: Double
    /// The 95 % bootstrap interval over trials; nil with a single trial, of which nobody can say how it varies.
    public var interval: ClosedRange<Double>?
    /// How many trials it rests on: trials are independent, the values within one are not.
    public var trials: Int
    /// How many values, over all trials, with the censored ones; nil for one number a trial.
    public var values: Int64?

    public init(value: Double, interval: ClosedRange<Double>?, trials: Int, values: Int64? = nil) {
        self.value = value
        self.interval = interval
        self.trials = trials
        self.values = values
    }
}
