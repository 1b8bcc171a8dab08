public import Measurement

/// One metric of two subjects under one condition, paired within blocks, with its verdict.
public struct PairComparison: Sendable {
    public var condition: Condition
    public var metric: Metric
    public var subject: Subject
    public var reference: Subject
    /// Below 1: the subject's figure is lower. Nil without a block in which both were measured.
    public var ratio: Double?
    /// The 95 % bootstrap interval of the ratio; nil with fewer than two blocks.
    public var interval: ClosedRange<Double>?
    /// The blocks in which both were measured.
    public var blocks: Int
    public var verdict: Verdict
    /// Why there is not enough data, in words; nil with any other verdict.
    public var obstacle: String?
    /// Whether the ratio is nearer to 1 than that of two identical cells: then a verdict of lower or higher deserves doubt.
    public var isWithinNoise: Bool
}

/// How a comparison ends: lower, higher, equivalent or not enough data; there is no fifth way.
public typealias Verdict = Comparison.Verdict

extension Verdict {
    /// As a reader sees it.
    public var text: String {
        switch self {
        case .lower: "lower"
        case .higher: "higher"
        case .equivalent: "equivalent"
        case .notEnoughData: "not enough data"
        }
    }
}
