import SeededRandomness

/// The sign-flip test of paired differences: Fisher's randomisation test for matched pairs (Fisher 1935, section 21).
///
/// If two cells are the same, what a trial measures depends on the time at which it ran, and a coin decided which of
/// the two cells ran first. So each difference was as likely to have the other sign, and the mean of the differences
/// is compared with its values under all choices of signs. The test needs no distribution, and noise that one trial
/// shares with the next does not harm it. It is valid only where the order within each pair was drawn independently.
public struct SignFlipTest: Sendable {
    /// The differences of the pairs, such as logarithms of ratios.
    public var differences: [Double]
    public var seed: UInt64
    /// The number of sign patterns that are drawn where there are too many to try all.
    public var draws: Int

    /// Up to this number of pairs all sign patterns are tried, and the p value is exact.
    static let exactPairs = 16

    public init(_ differences: [Double], seed: UInt64, draws: Int = 10_000) {
        precondition(differences.allSatisfy(\.isFinite), "a difference must be finite")
        precondition(draws >= 100, "a p value needs at least 100 draws")
        self.differences = differences
        self.seed = seed
        self.draws = draws
    }

    public enum Alternative: Sendable {
        /// The mean of the differences is above the shift.
        case above
        case below
        /// The mean of the differences is not the shift.
        case different
    }

    /// The probability of a mean at least as extreme, if the true difference is `shift`; 1 without pairs.
    ///
    /// Drawn sign patterns count the observed one too (Phipson and Smyth 2010), so that the test keeps its level and
    /// no p value is 0.
    public func pValue(_ alternative: Alternative, shift: Double = 0) -> Double {
        guard !differences.isEmpty else { return 1 }
        let sign = alternative == .below ? -1.0 : 1.0
        let sums = SignedSums(differences.map { sign * ($0 - shift) })
        let observed = alternative == .different ? abs(sums.observed) : sums.observed
        // Rounding must not decide whether a pattern with the same sum counts.
        let threshold = observed - 1e-12 * sums.magnitude
        func isExtreme(_ sum: Double) -> Bool { (alternative == .different ? abs(sum) : sum) >= threshold }
        if differences.count <= Self.exactPairs {
            let patterns = UInt64(1) << UInt64(differences.count)
            let extreme = (0..<patterns).count { pattern in isExtreme(sums.sum { pattern }) }
            return Double(extreme) / Double(patterns)
        }
        var generator = SeededGenerator(seed: seed)
        let extreme = (0..<draws).count { _ in isExtreme(sums.sum { generator.next() }) }
        return Double(extreme + 1) / Double(draws + 1)
    }

    /// The differences that the test does not reject at `level`: an interval for the true difference with confidence
    /// `1 - level`. Nil where no level that small can be reached with so few pairs.
    public func interval(level: Double) -> ClosedRange<Double>? {
        guard let mean = differences.mean else { return nil }
        // So far that each difference is on the other side.
        let reach = 4 * (differences.map { abs($0 - mean) }.max() ?? 0) + 1e-9 * max(abs(mean), 1)
        guard pValue(.different, shift: mean + reach) <= level else { return nil }
        func end(_ outside: Double) -> Double {
            var (inside, outside) = (mean, outside)
            for _ in 0..<40 {
                let middle = (inside + outside) / 2
                if pValue(.different, shift: middle) > level { inside = middle } else { outside = middle }
            }
            return inside
        }
        return end(mean - reach)...end(mean + reach)
    }
}

/// The sums of numbers under patterns of signs. Eight numbers at a time are looked up in a table.
private struct SignedSums {
    private var tables: [[Double]] = []
    let observed: Double
    let magnitude: Double

    init(_ numbers: [Double]) {
        observed = numbers.reduce(0, +)
        magnitude = numbers.reduce(0) { $0 + abs($1) }
        for start in stride(from: 0, to: numbers.count, by: 8) {
            let part = numbers[start..<min(start + 8, numbers.count)]
            tables.append(
                (0..<256).map { pattern in
                    part.enumerated().reduce(0) { $0 + (pattern >> $1.offset & 1 == 0 ? $1.element : -$1.element) }
                })
        }
    }

    /// - Parameter signs: the next 64 signs. A set bit turns the sign of its number.
    func sum(_ signs: () -> UInt64) -> Double {
        var total = 0.0
        var word: UInt64 = 0
        for (index, table) in tables.enumerated() {
            if index % 8 == 0 { word = signs() }
            total += table[Int(word & 0xFF)]
            word >>= 8
        }
        return total
    }
}
