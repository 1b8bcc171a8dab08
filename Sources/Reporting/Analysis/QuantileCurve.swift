/// A latency distribution as quantiles with their uncertainty.
public struct QuantileCurve: Sendable, Hashable {
    /// Ascending by quantile.
    public var points: [Point]

    public struct Point: Sendable, Hashable {
        /// 0 to 1.
        public var quantile: Double
        /// In nanoseconds.
        public var estimate: Estimate
    }

    /// The percentiles that `percentiles.csv` lists.
    public static let percentiles: [Double] = [
        0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 100,
    ]

    /// Even steps of `log10(1 / (1 - p))`, the scale of the charts. On it 90 %, 99 % and 99.9 % are equally far apart.
    static let nines: [Double] = (0...40).map { Double($0) / 10 }

    static func quantile(ofNines nines: Double) -> Double { 1 - Decimal10.power(-nines) }
}
