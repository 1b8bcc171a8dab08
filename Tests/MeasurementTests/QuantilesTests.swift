import Measurement
import Testing

@Suite struct QuantilesTests {
    @Test(
        "A quantile is interpolated as R does it",
        arguments: [
            (0.0, 1.0), (0.5, 2.5), (1.0, 4.0), (0.25, 1.75),  // as R's quantile(c(1, 2, 3, 4), type = 7)
        ])
    func interpolates(quantile: Double, expected: Double) {
        #expect(Quantiles([3, 1, 4, 2]).value(at: quantile) == expected)
    }

    @Test("One sample is every quantile, and without a sample there is none") func oneSampleIsEveryQuantile() {
        #expect(Quantiles([7]).value(at: 0.01) == 7)
        #expect(Quantiles([7]).value(at: 1) == 7)
        #expect(Quantiles([]).median == nil)
    }
}
