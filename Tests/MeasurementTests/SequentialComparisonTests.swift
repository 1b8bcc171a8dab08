import Glibc
import Measurement
import SeededRandomness
import Testing

@Suite struct SequentialComparisonTests {
    /// Cumulative values of alpha ln(1 + (e - 1) t) for alpha = 0.05 at fifths of the information.
    @Test("The levels of the looks are Lan and DeMets' form of Pocock's boundary, shared by the comparisons")
    func spends() {
        let spending = AlphaSpending(comparisons: 1, looks: [2, 4, 6, 8, 10])
        var spent = 0.0
        for (blocks, cumulative) in [(2, 0.0147698), (4, 0.0261568), (6, 0.0354257), (8, 0.0432420), (10, 0.05)] {
            spent += spending.level(atBlocks: blocks)
            #expect(abs(spent - cumulative) < 1e-6, "\(blocks) blocks: \(spent)")
        }
        #expect(spending.level(atBlocks: 3) == 0)
        let shared = AlphaSpending(comparisons: 4, looks: [2, 4, 6, 8, 10])
        #expect(abs(shared.level(atBlocks: 4) * 4 - spending.level(atBlocks: 4)) < 1e-15)
    }

    /// Two-sided level 0.01, log ratios: from the power of the paired t test.
    @Test(
        "The pairs that a difference needs, and the difference that pairs find",
        arguments: [(0.035, 1.05, 0.95, 13), (0.02, 1.05, 0.95, 7), (0.14, 1.1, 0.9, 36), (0.14, 1.2, 0.9, 13)])
    func designs(deviation: Double, ratio: Double, power: Double, pairs: Int) throws {
        let design = PairedDesign(deviation: deviation, level: 0.01, power: power)
        let needed = try #require(design.pairs(toDetect: log(ratio)))
        #expect(abs(needed - pairs) <= 1, "\(needed)")
        #expect(try #require(design.detectable(pairs: needed)) <= log(ratio))
        #expect(try #require(design.detectable(pairs: needed - 1)) > log(ratio))
        #expect(design.detectable(pairs: 1) == nil)
        #expect(PairedDesign(deviation: 1, level: 0.01).pairs(toDetect: 1e-9, limit: 1_000) == nil)
    }

    @Test("A difference is certain, irrelevant, both or neither") func verdicts() {
        func compare(_ mean: Double, spread: Double, margin: Double) -> SequentialComparison {
            let differences = (0..<16).map { mean + spread * (Double($0) - 7.5) / 7.5 }
            return SequentialComparison(differences, margin: margin, level: 0.01, seed: 3)
        }
        let certain = compare(0.3, spread: 0.1, margin: 0.1)
        #expect(certain.isHigher && !certain.isEquivalent && certain.isDecided)
        let irrelevant = compare(-0.03, spread: 0.02, margin: 0.1)
        #expect(irrelevant.isLower && irrelevant.isEquivalent)
        let equivalent = compare(0.001, spread: 0.05, margin: 0.1)
        #expect(!equivalent.isLower && !equivalent.isHigher && equivalent.isEquivalent)
        let open = compare(0.05, spread: 0.6, margin: 0.1)
        #expect(!open.isDecided && (open.design()?.detectable(pairs: open.pairs) ?? 0) > 0.1)
        #expect(open.interval().map { $0.contains(0) && $0.contains(0.1) } == true)
        // Between two looks nothing is decided, however clear it is.
        #expect(!SequentialComparison([1, 1, 1, 1, 1, 1], margin: 0.1, level: 0, seed: 3).isDecided)
    }

    // MARK: The error over a whole run

    /// A run of blocks as a machine of two cores has them: cells in random order, and noise that each trial shares with
    /// the one before it and with its block. The logarithms of the ratios, per block one for each condition.
    private static func run(
        _ effect: Double, blocks: Int, conditions: Int, _ generator: inout SeededGenerator
    ) -> [[Double]] {
        var drift = 0.0
        return (0..<blocks).map { _ in
            let block = 0.2 * normal(&generator)
            return generator.shuffled(Array(0..<conditions)).map { _ in
                let isFirst = generator.next(below: 2) == 0
                let values = (0..<2).map { _ in
                    drift = 0.9 * drift + 0.05 * normal(&generator)
                    return block + drift + 0.03 * normal(&generator)
                }
                return (isFirst ? values[0] - values[1] : values[1] - values[0]) + effect
            }
        }
    }

    /// The share of runs in which any of three comparisons ends in a verdict that `isFalse`.
    private static func falseShare(
        effect: Double, margin: Double, runs: Int, _ isFalse: (SequentialComparison) -> Bool
    ) -> Double {
        let looks = [3, 4, 6, 8]
        let spending = AlphaSpending(comparisons: 3, looks: looks)
        var generator = SeededGenerator(seed: 20_261_201)
        let wrong = (0..<runs).count { run in
            (0..<3).contains { metric in
                let blocks = Self.run(effect, blocks: 8, conditions: 4, &generator)
                for look in looks {
                    let comparison = SequentialComparison(
                        Array(blocks.prefix(look).joined()), margin: margin, level: spending.level(atBlocks: look),
                        seed: UInt64(run * 3 + metric), draws: 2_000)
                    if isFalse(comparison) { return true }
                    if comparison.isDecided { return false }
                }
                return false
            }
        }
        return Double(wrong) / Double(runs)
    }

    @Test("Over the looks of a run fewer than one in twenty finds a difference between cells that are the same")
    func keepsTheLevelOfDifferences() {
        let share = Self.falseShare(effect: 0, margin: 1e-6, runs: 10_000) { $0.isLower || $0.isHigher }
        #expect(share < 0.05 && share > 0.005, "\(share)")
    }

    @Test("Over the looks of a run fewer than one in twenty calls a difference of the margin equivalent")
    func keepsTheLevelOfEquivalence() {
        let share = Self.falseShare(effect: 0.2, margin: 0.2, runs: 10_000) { $0.isEquivalent }
        #expect(share < 0.05 && share > 0.002, "\(share)")
    }
}
