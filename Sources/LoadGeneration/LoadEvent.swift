/// An event of a running load generator, written as one JSON line.
public struct LoadEvent: Codable, Sendable {
    public enum Name: String, Codable, Sendable {
        /// The fairness check, if any, has passed. No subscriber is connected yet.
        case started
        /// The number of connections and deliveries so far, while the generator connects or measures.
        case progress
        /// All subscribers are connected. A server that publishes by itself may start.
        case ready
        /// The measuring window begins.
        case measuring
        /// A periodic sample within a long window.
        case sample
        /// The measuring window has ended.
        case measured
        /// The drain has ended. All connections are still open.
        case held
        /// All connections are closed.
        case closed
        /// The last event of a run that succeeds.
        case result
        /// The last event of a run that fails.
        case failed
    }

    public var event: Name
    /// Whether the generator waits for a line on its standard input.
    public var waits: Bool?
    public var pid: Int32?
    public var connections: Int?
    public var delivered: Int64?
    public var seconds: Double?
    /// The corrected latency of updates that became visible since the last sample, in nanoseconds.
    public var latencyP50: Int64?
    public var latencyP99: Int64?
    /// The number of updates that became visible since the last sample.
    public var updates: Int64?
    public var message: String?
    public var result: LoadResult?

    public init(_ event: Name) { self.event = event }
}
