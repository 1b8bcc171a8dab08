import Measurement
import Testing

@Suite struct SparseHistogramTests {
    @Test("Entries of one value are added up, and sorted") func addsUpEntriesOfOneValue() {
        let histogram = SparseHistogram([
            .init(value: 5, count: 2), .init(value: 1, count: 1), .init(value: 5, count: 3), .init(value: 9, count: 0),
        ])
        #expect(histogram.entries == [.init(value: 1, count: 1), .init(value: 5, count: 5)])
        #expect(histogram.count == 6)
    }

    @Test(
        "A quantile counts censored values as the largest",
        arguments: [
            // The rank is rounded up: the median of four values is the second.
            (0.5, 0, 20), (0.0, 0, 10), (1.0, 0, 40), (0.75, 0, 30), (0.76, 0, 40),
            // Censored values stand behind every recorded one.
            (0.5, 4, 40), (0.51, 4, nil), (1.0, 1, nil),
        ] as [(Double, Int64, Int64?)])
    func quantileCountsCensoredValuesAsLargest(quantile: Double, censored: Int64, expected: Int64?) {
        let histogram = SparseHistogram([10, 20, 30, 40].map { .init(value: $0, count: 1) })
        #expect(histogram.quantile(quantile, censored: censored) == expected)
    }

    @Test("Without values there is no quantile and no mean") func hasNoQuantileWithoutValues() {
        #expect(SparseHistogram().quantile(0.5) == nil)
        #expect(SparseHistogram().quantile(0.5, censored: 3) == nil)
        #expect(SparseHistogram().mean == nil)
    }

    @Test("Merging adds up the counts of each value") func mergingIsAddition() {
        let one = SparseHistogram([.init(value: 1, count: 1), .init(value: 2, count: 2)])
        let other = SparseHistogram([.init(value: 2, count: 3), .init(value: 3, count: 4)])
        let merged = one.merged(with: other)
        #expect(merged.entries.map(\.count) == [1, 5, 4])
        #expect(merged == other.merged(with: one))
    }
}
