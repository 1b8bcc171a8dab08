import Glibc

/// How the probability of a false verdict is spent over the looks at data that keep coming (Lan and DeMets 1983).
///
/// Each look is a test at its own level, and the levels add up to `alpha`. So the probability that any of them is
/// wrong is at most `alpha`, whatever the looks have in common (Boole's inequality).
public struct AlphaSpending: Hashable, Sendable {
    /// The probability of a false verdict over all looks and comparisons.
    public var alpha: Double
    /// The comparisons that share it.
    public var comparisons: Int
    /// The blocks at which the data are looked at, in ascending order.
    public var looks: [Int]

    public init(alpha: Double = 0.05, comparisons: Int, looks: [Int]) {
        precondition(alpha > 0 && alpha < 1, "an error probability lies between 0 and 1")
        precondition(comparisons > 0, "there is nothing to compare")
        precondition(looks.first.map { $0 > 0 } ?? false && zip(looks, looks.dropFirst()).allSatisfy(<), "looks ascend")
        self.alpha = alpha
        self.comparisons = comparisons
        self.looks = looks
    }

    /// The level of each comparison at a look; 0 at a number of blocks that is none.
    ///
    /// The part `alpha * ln(1 + (e - 1) t)` is spent when the fraction `t` of the blocks has been seen: Lan and
    /// DeMets' form of Pocock's boundary, which leaves much for the first looks.
    public func level(atBlocks blocks: Int) -> Double {
        guard let index = looks.firstIndex(of: blocks), let last = looks.last else { return 0 }
        func spent(_ blocks: Int) -> Double { log(1 + (M_E - 1) * Double(blocks) / Double(last)) }
        let before = index == 0 ? 0 : spent(looks[index - 1])
        return alpha * (spent(blocks) - before) / Double(comparisons)
    }
}
