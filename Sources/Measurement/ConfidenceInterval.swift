/// An estimate with its confidence interval.
public struct ConfidenceInterval: Codable, Hashable, Sendable {
    public var estimate: Double
    public var lower: Double
    public var upper: Double
    /// The number of independent samples (blocks, pairs, points) that it is based on.
    public var samples: Int

    public init(estimate: Double, lower: Double, upper: Double, samples: Int) {
        self.estimate = estimate
        self.lower = lower
        self.upper = upper
        self.samples = samples
    }

    /// The same estimate with an interval that contains both.
    func widened(to other: (lower: Double, upper: Double)) -> Self {
        Self(estimate: estimate, lower: min(lower, other.lower), upper: max(upper, other.upper), samples: samples)
    }

    func map(_ transform: (Double) -> Double) -> Self {
        Self(estimate: transform(estimate), lower: transform(lower), upper: transform(upper), samples: samples)
    }
}
