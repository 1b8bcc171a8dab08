/// Memory against the number of connections, with the line through it.
public struct MemoryFit: Sendable {
    public var subject: Subject
    /// The factors other than the load: `plain`, `TLS`.
    public var factors: String
    /// Each measured trial: connections, and bytes grown from none to all of them held.
    public var points: [Point]
    /// Bytes per connection; nil with fewer than three trials or a single number of connections.
    public var slope: Double?
    public var slopeInterval: ClosedRange<Double>?
    /// Bytes at no connection.
    public var intercept: Double?

    public struct Point: Sendable, Hashable {
        public var connections: Int
        public var bytes: Double
    }
}
