/// Quantiles of a few samples, such as one figure for each trial. For many latencies use `LatencyHistogram`.
public struct Quantiles: Hashable, Sendable {
    /// In ascending order.
    public let sorted: [Double]

    /// - Parameter samples: finite numbers in any order.
    public init(_ samples: some Sequence<Double>) {
        sorted = samples.sorted()
        precondition(sorted.allSatisfy(\.isFinite), "quantiles need finite samples")
    }

    /// The value below which the fraction `quantile` of the samples lies, interpolated between neighbours (type 7 of
    /// Hyndman and Fan 1996); nil without samples.
    public func value(at quantile: Double) -> Double? {
        precondition((0...1).contains(quantile), "a quantile lies between 0 and 1")
        guard let last = sorted.indices.last else { return nil }
        let place = quantile * Double(last)
        let lower = Int(place)
        guard lower < last else { return sorted[last] }
        return sorted[lower] + (place - Double(lower)) * (sorted[lower + 1] - sorted[lower])
    }

    public var median: Double? { value(at: 0.5) }
}
