/// A figure with its uncertainty and its sample size.
public struct Estimate: Sendable, Hashable {
    /// In the metric's unit; infinity if a quantile falls among censored values.
    public var value: Double
    /// The 95 % bootstrap interval over trials; nil if a single trial gives no measure of variation.
    public var interval: ClosedRange<Double>?
    /// The number of trials. Trials are independent; the values within one are not.
    public var trials: Int
    /// The number of values over all trials, censored ones included; nil if the metric is one number per trial.
    public var values: Int64?

    public init(value: Double, interval: ClosedRange<Double>?, trials: Int, values: Int64? = nil) {
        self.value = value
        self.interval = interval
        self.trials = trials
        self.values = values
    }
}
