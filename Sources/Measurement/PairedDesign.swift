import Glibc

/// What a number of pairs can show, from how much their differences vary. By the t test, which needs about as many
/// pairs as the sign-flip test.
public struct PairedDesign: Hashable, Sendable {
    /// The standard deviation of the differences, such as logarithms of ratios.
    public var deviation: Double
    /// The two-sided probability of a false verdict.
    public var level: Double
    /// The probability that a difference is found.
    public var power: Double

    /// - Returns: nil with fewer than two differences.
    public init?(_ differences: [Double], level: Double, power: Double = 0.9) {
        guard let variance = differences.variance else { return nil }
        self.init(deviation: variance.squareRoot(), level: level, power: power)
    }

    public init(deviation: Double, level: Double, power: Double = 0.9) {
        precondition(level > 0 && level < 1 && power > 0 && power < 1, "probabilities lie between 0 and 1")
        self.deviation = deviation
        self.level = level
        self.power = power
    }

    /// The smallest true difference that so many pairs find with the design's power.
    public func detectable(pairs: Int) -> Double? {
        guard pairs >= 2 else { return nil }
        func quantile(_ probability: Double) -> Double {
            StudentT.quantile(probability, degreesOfFreedom: pairs - 1)
        }
        return (quantile(1 - level / 2) + quantile(power)) * deviation / Double(pairs).squareRoot()
    }

    /// The number of pairs that find a difference of this size; nil where not even `limit` do.
    public func pairs(toDetect difference: Double, limit: Int = 100_000) -> Int? {
        precondition(difference > 0, "a difference of nothing cannot be found")
        func isEnough(_ pairs: Int) -> Bool { detectable(pairs: pairs).map { $0 <= difference } ?? false }
        guard isEnough(limit) else { return nil }
        var (low, high) = (1, limit)
        while high - low > 1 {
            let middle = (low + high) / 2
            if isEnough(middle) { high = middle } else { low = middle }
        }
        return high
    }
}
