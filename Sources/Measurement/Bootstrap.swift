import Glibc
import SeededRandomness

/// Confidence intervals by resampling (Efron 1979), reproducible from a seed.
///
/// The samples must be independent: one figure of each trial or block, never the latencies within a trial, which all
/// depend on what the machine did at that moment.
public struct Bootstrap: Hashable, Sendable {
    public var resamples: Int
    /// The share of such intervals that contain the true value, 0 to 1.
    public var confidence: Double
    public var seed: UInt64

    /// With fewer samples than this the percentile interval is too narrow: with three it is the range of the data,
    /// which misses the true value a quarter of the time. So intervals of means are then widened to Student's.
    static let fewSamples = 10

    public init(resamples: Int = 2_000, confidence: Double = 0.95, seed: UInt64) {
        precondition(resamples >= 100, "an interval needs at least 100 resamples")
        precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1")
        self.resamples = resamples
        self.confidence = confidence
        self.seed = seed
    }

    /// The percentile interval of `statistic` over the samples; nil with fewer than two, or where it is not finite.
    ///
    /// - Parameter statistic: computes the figure of a list; nil where the list has none (such as a slope with a
    ///   single x value).
    public func interval<Sample>(
        of samples: [Sample], _ statistic: ([Sample]) -> Double?
    ) -> ConfidenceInterval? {
        guard samples.count >= 2, let estimate = statistic(samples), estimate.isFinite else { return nil }
        var generator = SeededGenerator(seed: seed)
        var values: [Double] = []
        values.reserveCapacity(resamples)
        var resample = samples
        for _ in 0..<resamples {
            for index in resample.indices { resample[index] = samples[generator.next(below: samples.count)] }
            if let value = statistic(resample), value.isFinite { values.append(value) }
        }
        // Where most resamples have no figure, the others say little about it.
        guard values.count * 2 > resamples else { return nil }
        let quantiles = Quantiles(values)
        let tail = (1 - confidence) / 2
        guard let lower = quantiles.value(at: tail), let upper = quantiles.value(at: 1 - tail) else { return nil }
        return ConfidenceInterval(
            estimate: estimate, lower: min(lower, estimate), upper: max(upper, estimate), samples: samples.count)
    }

    /// The mean of the samples; nil with fewer than two.
    public func mean(of samples: [Double]) -> ConfidenceInterval? {
        guard let interval = interval(of: samples, \.mean) else { return nil }
        guard samples.count < Self.fewSamples, let student = studentInterval(of: samples) else { return interval }
        return interval.widened(to: student)
    }

    /// The median of the samples; nil with fewer than two.
    public func median(of samples: [Double]) -> ConfidenceInterval? {
        interval(of: samples) { Quantiles($0).median }
    }

    /// The geometric mean of `first / second` over the pairs, one pair for each block; nil with fewer than two.
    ///
    /// - Precondition: all values are above 0; see `Pair.hasRatio`.
    public func pairedRatio(of pairs: [Pair]) -> ConfidenceInterval? {
        precondition(pairs.allSatisfy(\.hasRatio), "a ratio needs values above 0")
        return mean(of: pairs.map { log($0.first) - log($0.second) })?.map(exp)
    }

    private func studentInterval(of samples: [Double]) -> (lower: Double, upper: Double)? {
        guard let mean = samples.mean, let variance = samples.variance else { return nil }
        let error = (variance / Double(samples.count)).squareRoot()
        let reach = error * StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: samples.count - 1)
        return (mean - reach, mean + reach)
    }

    /// Two figures of one block, measured under the same conditions.
    public struct Pair: Hashable, Sendable {
        public var first: Double
        public var second: Double

        public init(_ first: Double, _ second: Double) {
            self.first = first
            self.second = second
        }

        public var hasRatio: Bool { first > 0 && second > 0 && first.isFinite && second.isFinite }
    }
}
