/// What is known of one comparison at a look: whether there is a difference, and whether one that matters is ruled
/// out.
public struct SequentialComparison: Sendable {
    private let test: SignFlipTest
    /// The error probability of the look; 0 between two looks.
    public let level: Double
    /// The mean of the differences; 0 without any.
    public let estimate: Double
    public let isLower: Bool
    public let isHigher: Bool
    /// By two one-sided tests (Schuirmann 1987), each at half the level of the look, so that the interval then lies
    /// within the margin.
    public let isEquivalent: Bool

    /// - Parameters:
    ///   - differences: one for each pair, such as logarithms of ratios.
    ///   - margin: how large a difference may be without mattering, in their unit.
    public init(
        _ differences: [Double], margin: Double, level: Double, seed: UInt64, draws: Int = 10_000
    ) {
        precondition(margin > 0, "without a margin nothing is ever equivalent")
        test = SignFlipTest(differences, seed: seed, draws: draws)
        self.level = level
        estimate = differences.mean ?? 0
        let isDifferent = test.pValue(.different) <= level
        isLower = isDifferent && estimate < 0
        isHigher = isDifferent && estimate > 0
        isEquivalent =
            abs(estimate) < margin && test.pValue(.above, shift: -margin) <= level / 2
            && test.pValue(.below, shift: margin) <= level / 2
    }

    public var isDecided: Bool { isLower || isHigher || isEquivalent }

    public var pairs: Int { test.differences.count }

    /// The differences that are not ruled out; nil where there are too few pairs for the level.
    public func interval() -> ClosedRange<Double>? { test.interval(level: level) }

    /// What these pairs could have shown, and how many more it would take; nil with fewer than two pairs, and between
    /// two looks.
    public func design(power: Double = 0.9) -> PairedDesign? {
        level > 0 ? PairedDesign(test.differences, level: level, power: power) : nil
    }
}
