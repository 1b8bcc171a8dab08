import Glibc

/// The standard normal distribution.
public enum NormalDistribution {
    /// The probability of a value up to `value`.
    public static func cumulative(_ value: Double) -> Double { 0.5 * erfc(-value / 2.0.squareRoot()) }

    /// The value that is exceeded with probability `1 - probability`.
    public static func quantile(_ probability: Double) -> Double {
        precondition(probability > 0 && probability < 1, "a probability lies between 0 and 1")
        // Beyond these ends no probability is left that a Double could tell from 0 or 1. By bisection, which cannot
        // diverge.
        var (low, high) = (-40.0, 40.0)
        for _ in 0..<200 where low < high {
            let middle = (low + high) / 2
            if cumulative(middle) < probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
