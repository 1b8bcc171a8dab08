import Measurement
import SeededRandomness
import Testing

@Suite struct BootstrapTests {
    let bootstrap = Bootstrap(resamples: 1_000, seed: 1)

    @Test("The same samples and seed give the same interval") func isReproducible() {
        let samples = [4.0, 8, 15, 16, 23, 42]
        #expect(bootstrap.mean(of: samples) == bootstrap.mean(of: samples))
        #expect(bootstrap.mean(of: samples) != Bootstrap(resamples: 1_000, seed: 2).median(of: samples))
    }

    @Test("An interval needs two samples") func needsTwoSamples() {
        #expect(bootstrap.mean(of: []) == nil)
        #expect(bootstrap.mean(of: [1]) == nil)
        #expect(bootstrap.median(of: [1, 2]) != nil)
    }

    @Test("Equal samples have an interval without width") func equalSamplesLeaveNoRange() throws {
        let interval = try #require(bootstrap.mean(of: [3, 3, 3, 3]))
        #expect(interval == ConfidenceInterval(estimate: 3, lower: 3, upper: 3, samples: 4))
    }

    @Test(
        "A 95 % interval holds the true mean about as often as it claims, also with few samples",
        arguments: [3, 5, 12, 30])
    func coversTheTruthAsOftenAsItClaims(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let quick = Bootstrap(resamples: 200, seed: 3)
        var covered = 0
        for _ in 0..<600 {
            let samples = (0..<count).map { _ in 10 + normal(&generator) }
            let interval = try #require(quick.mean(of: samples))
            if interval.lower <= 10, interval.upper >= 10 { covered += 1 }
        }
        // Twelve samples without widening: the percentile interval is known to be a little narrow.
        #expect(covered >= 600 * 90 / 100)
        #expect(covered <= 600 * 99 / 100)
    }

    @Test("Pairing removes the noise that the cells of a block share") func pairingRemovesTheNoiseOfTheBlock() throws {
        var generator = SeededGenerator(seed: 12)
        // Blocks differ by a factor of ten, the cells within each by five per cent.
        let pairs = (0..<8).map { _ in
            let block = 1 + 9 * generator.nextUnit()
            return Bootstrap.Pair(block * 1.05, block)
        }
        let ratio = try #require(bootstrap.pairedRatio(of: pairs))
        #expect(abs(ratio.lower - 1.05) < 1e-9 && abs(ratio.upper - 1.05) < 1e-9)
    }

    @Test("A statistic that is missing in most resamples has no interval") func aStatisticMayBeMissingNowAndThen() {
        // Fails in nearly every resample: there is no honest interval.
        #expect(bootstrap.interval(of: [1.0, 2, 3, 4]) { Set($0).count == 4 ? 1 : nil } == nil)
    }
}

/// A number that is close enough to normal, with variance 1: twelve units (Irwin and Hall).
func normal(_ generator: inout SeededGenerator) -> Double {
    (0..<12).reduce(-6.0) { sum, _ in sum + generator.nextUnit() }
}
