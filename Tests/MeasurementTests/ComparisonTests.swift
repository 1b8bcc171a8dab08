import Measurement
import SeededRandomness
import Testing

@Suite struct ComparisonTests {
    static let bootstrap = Bootstrap(resamples: 500, seed: 4)

    @Test(
        "The verdict follows from the ratios of the pairs, and turns round with their sides",
        arguments: [
            // Half, in every block.
            ([0.5, 0.52, 0.49, 0.5, 0.51], .lower),
            ([2.0, 2.1, 1.9, 2.0, 2.05], .higher),
            ([1.0, 1.01, 0.99, 1.005, 0.995], .equivalent),
            // Real but too small to matter.
            ([1.03, 1.03, 1.031, 1.029, 1.03], .equivalent),
            // Around the margin: neither shown to matter nor shown not to.
            ([1.08, 1.12, 1.05, 1.11, 1.07], .notEnoughData),
            ([0.5, 2.0, 1.0, 0.7, 1.6], .notEnoughData),
            // Two pairs suffice where the effect is a thousand times the spread, and not where it is near it.
            ([5_000, 6_000], .higher),
            ([1.2, 1.5], .notEnoughData),
            ([0.1], .notEnoughData),
            ([], .notEnoughData),
        ] as [([Double], Comparison.Verdict)])
    func verdict(ratios: [Double], expected: Comparison.Verdict) {
        let pairs = ratios.enumerated().map { Bootstrap.Pair($1 * Double($0 + 1), Double($0 + 1)) }
        #expect(Comparison(pairs, margin: 0.1, by: Self.bootstrap).verdict == expected)
        let mirrored = pairs.map { Bootstrap.Pair($0.second, $0.first) }
        let opposite: Comparison.Verdict =
            switch expected {
            case .lower: .higher
            case .higher: .lower
            case .equivalent, .notEnoughData: expected
            }
        #expect(Comparison(mirrored, margin: 0.1, by: Self.bootstrap).verdict == opposite)
    }

    @Test("A pair without a ratio forbids a verdict") func aPairWithoutARatioForbidsAVerdict() {
        let pairs = [Bootstrap.Pair(1, 2), .init(1, 2), .init(1, 2), .init(0, 2)]
        let comparison = Comparison(pairs, margin: 0.1, by: Self.bootstrap)
        #expect(comparison.verdict == .notEnoughData)
        #expect(comparison.unusablePairs == 1)
        #expect(comparison.ratio?.estimate == 0.5)
    }

    @Test("Two equal cells are seldom told apart") func rarelyTellsEqualCellsApart() {
        var generator = SeededGenerator(seed: 21)
        var alarms = 0
        for _ in 0..<500 {
            let pairs = (0..<5).map { _ in
                Bootstrap.Pair(1 + 0.6 * generator.nextUnit(), 1 + 0.6 * generator.nextUnit())
            }
            let verdict = Comparison(pairs, margin: 0.05, by: Self.bootstrap).verdict
            if verdict == .lower || verdict == .higher { alarms += 1 }
        }
        #expect(alarms <= 40)
    }
}
