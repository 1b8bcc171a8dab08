/// A straight line through points by least squares. Its slope is the cost of one more connection.
public struct LinearFit: Codable, Hashable, Sendable {
    /// The slope, with an interval from resampling the points.
    public var slope: ConfidenceInterval
    /// The value at 0.
    public var intercept: Double
    /// The share of the variance that the line explains, 0 to 1; nil where the values do not vary.
    public var explained: Double?

    public struct Point: Codable, Hashable, Sendable {
        public var x: Double
        public var y: Double

        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// Nil with fewer than three points or fewer than two x values: a line through two points has no known error.
    public init?(_ points: [Point], by bootstrap: Bootstrap) {
        guard points.count >= 3, let line = Self.line(points),
            var slope = bootstrap.interval(of: points, { Self.line($0)?.slope })
        else { return nil }
        let meanX = points.reduce(0) { $0 + $1.x } / Double(points.count)
        let spreadX = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
        let meanY = points.reduce(0) { $0 + $1.y } / Double(points.count)
        let total = points.reduce(0) { $0 + ($1.y - meanY) * ($1.y - meanY) }
        let residual = points.reduce(0.0) {
            let miss = $1.y - line.intercept - line.slope * $1.x
            return $0 + miss * miss
        }
        if points.count < Bootstrap.fewSamples {
            let error = (residual / Double(points.count - 2) / spreadX).squareRoot()
            let reach =
                error * StudentT.quantile((1 + bootstrap.confidence) / 2, degreesOfFreedom: points.count - 2)
            slope = slope.widened(to: (line.slope - reach, line.slope + reach))
        }
        self.slope = slope
        intercept = line.intercept
        explained = total > 0 ? max(0, 1 - residual / total) : nil
    }

    public func value(at x: Double) -> Double { intercept + slope.estimate * x }

    /// The slope without an interval, for points that depend on each other; nil with fewer than three.
    public static func slope(of points: [Point]) -> Double? { points.count < 3 ? nil : line(points)?.slope }

    private static func line(_ points: [Point]) -> (slope: Double, intercept: Double)? {
        let count = Double(points.count)
        let meanX = points.reduce(0) { $0 + $1.x } / count
        let meanY = points.reduce(0) { $0 + $1.y } / count
        var spread = 0.0
        var shared = 0.0
        for point in points {
            spread += (point.x - meanX) * (point.x - meanX)
            shared += (point.x - meanX) * (point.y - meanY)
        }
        guard spread > 0 else { return nil }
        let slope = shared / spread
        return (slope, meanY - slope * meanX)
    }
}
