/// Memory by number of connections, with the fitted line.
public struct MemoryFit: Sendable {
    public var subject: Subject
    /// The factors other than the load: `plain`, `TLS`.
    public var factors: String
    /// One point for each measured trial: its connections, and the bytes by which the server grew until all were held.
    public var points: [Point]
    /// Bytes per connection; nil if there are fewer than three trials or only one population.
    public var slope: Double?
    public var slopeInterval: ClosedRange<Double>?
    /// Bytes without connections.
    public var intercept: Double?

    public struct Point: Sendable, Hashable {
        public var connections: Int
        public var bytes: Double
    }
}
