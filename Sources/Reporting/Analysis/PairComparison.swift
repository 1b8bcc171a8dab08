public import Measurement

/// One metric of two subjects under one condition, paired within blocks, with its verdict.
public struct PairComparison: Sendable {
    public var condition: Condition
    public var metric: Metric
    public var subject: Subject
    public var reference: Subject
    /// Below 1 if the subject's figure is lower. Nil if no block has figures of both.
    public var ratio: Double?
    /// The 95 % bootstrap interval of the ratio; nil if there are fewer than two blocks.
    public var interval: ClosedRange<Double>?
    /// The number of blocks in which both were measured.
    public var blocks: Int
    public var verdict: Verdict
    /// Why there is not enough data, in words; nil for any other verdict.
    public var obstacle: String?
    /// Whether the ratio is no further from 1 than that of two identical cells, which makes a verdict of lower or
    /// higher doubtful.
    public var isWithinNoise: Bool
}

/// The result of a comparison: lower, higher, equivalent or not enough data.
public typealias Verdict = Comparison.Verdict

extension Verdict {
    /// The verdict as reports show it.
    public var text: String {
        switch self {
        case .lower: "lower"
        case .higher: "higher"
        case .equivalent: "equivalent"
        case .notEnoughData: "not enough data"
        }
    }
}
