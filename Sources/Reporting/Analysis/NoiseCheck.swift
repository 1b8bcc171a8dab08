/// One metric of an A/A pair: two identical cells that run as if they were different.
public struct NoiseCheck: Sendable {
    public var subject: Subject
    public var condition: Condition
    /// The label of the condition for headings.
    public var label: String
    public var metric: Metric
    public var a: Estimate
    public var b: Estimate
    /// `a` over `b`, paired within blocks.
    public var ratio: Double?
    public var interval: ClosedRange<Double>?
    public var blocks: Int

    /// How far the ratio of two identical cells is from 1, as a factor of at least 1.
    public var factor: Double? {
        guard let ratio, ratio > 0, ratio.isFinite else { return nil }
        return max(ratio, 1 / ratio)
    }
}
