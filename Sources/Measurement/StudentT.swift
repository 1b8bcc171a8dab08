import Glibc

/// Quantiles of Student's t distribution, which say how much wider an interval must be when few samples estimate the
/// spread.
public enum StudentT {
    /// The value that a variable with `degreesOfFreedom` exceeds with probability `1 - probability`, to 9 digits.
    public static func quantile(_ probability: Double, degreesOfFreedom: Int) -> Double {
        precondition(probability > 0 && probability < 1, "a probability lies between 0 and 1")
        precondition(degreesOfFreedom >= 1, "a spread needs at least two samples")
        if probability == 0.5 { return 0 }
        if probability < 0.5 { return -quantile(1 - probability, degreesOfFreedom: degreesOfFreedom) }
        var low = 0.0
        var high = 1.0
        while cumulative(high, degreesOfFreedom) < probability { high *= 2 }
        // By bisection: it is called a few times for a report, and cannot diverge.
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if cumulative(middle, degreesOfFreedom) < probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The probability of a value up to `t`, which must not be negative.
    private static func cumulative(_ t: Double, _ degreesOfFreedom: Int) -> Double {
        let degrees = Double(degreesOfFreedom)
        return 1 - 0.5 * regularizedBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
    }

    /// The regularized incomplete beta function (Abramowitz and Stegun 26.5.8, as a continued fraction by Lentz's method).
    private static func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        // The fraction converges fast only on this side.
        if x > (a + 1) / (a + b + 2) { return 1 - regularizedBeta(1 - x, b, a) }
        let scale: Double = lgamma(a + b) - lgamma(a) - lgamma(b)
        let front: Double = exp(scale + a * log(x) + b * log(1 - x)) / a
        var numerator = 1.0
        var denominator = 1 / nonZero(1 - (a + b) * x / (a + 1))
        var fraction = denominator
        for step in 1...500 {
            let m = Double(step)
            let place = a + 2 * m
            let even: Double = m * (b - m) * x / ((place - 1) * place)
            let next: Double = -(a + m) * (a + b + m) * x / (place * (place + 1))
            for term in [even, next] {
                denominator = 1 / nonZero(1 + term * denominator)
                numerator = nonZero(1 + term / numerator)
                fraction *= denominator * numerator
            }
            if abs(denominator * numerator - 1) < 1e-15 { break }
        }
        return front * fraction
    }

    private static func nonZero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
}
