/// The verdict on two cells whose trials were paired within their blocks.
///
/// The interval of the ratio `first / second` is compared with the margin, within which a difference does not matter:
/// - wholly within `1/(1+margin) ... 1+margin`: `equivalent`;
/// - wholly on one side of 1, with the estimate beyond the margin: `lower` or `higher`;
/// - anything else, and fewer than two pairs: `notEnoughData`.
public struct Comparison: Codable, Hashable, Sendable {
    public enum Verdict: String, Codable, Hashable, Sendable, CaseIterable {
        /// The first is lower.
        case lower
        /// The first is higher.
        case higher
        case equivalent
        case notEnoughData
    }

    public var verdict: Verdict
    /// The geometric mean of `first / second`; nil with fewer than two usable pairs.
    public var ratio: ConfidenceInterval?
    /// A fraction: 0.1 for ten per cent.
    public var margin: Double
    /// Pairs with a value that allows no ratio (zero or less). They are not part of it.
    public var unusablePairs: Int

    public init(_ pairs: [Bootstrap.Pair], margin: Double, by bootstrap: Bootstrap) {
        precondition(margin > 0 && margin.isFinite, "without a margin nothing is ever equivalent")
        let usable = pairs.filter(\.hasRatio)
        self.margin = margin
        unusablePairs = pairs.count - usable.count
        ratio = bootstrap.pairedRatio(of: usable)
        // Pairs without a ratio are not random: leaving them out could change the verdict.
        verdict = unusablePairs > 0 ? .notEnoughData : Self.verdict(ratio, margin: margin)
    }

    static func verdict(_ ratio: ConfidenceInterval?, margin: Double) -> Verdict {
        guard let ratio else { return .notEnoughData }
        let zone = 1 / (1 + margin)...1 + margin
        if zone.contains(ratio.lower), zone.contains(ratio.upper) { return .equivalent }
        if ratio.upper < 1, ratio.estimate < zone.lowerBound { return .lower }
        if ratio.lower > 1, ratio.estimate > zone.upperBound { return .higher }
        return .notEnoughData
    }
}
