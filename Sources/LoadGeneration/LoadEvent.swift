/// What a load generator says while it works: one JSON line each.
public struct LoadEvent: Codable, Sendable {
    public enum Name: String, Codable, Sendable {
        /// Fairness is proven; no subscriber is connected yet.
        case started
        /// Connecting, or measuring: how far it is.
        case progress
        /// All subscribers are connected. Where the server publishes, it may start now.
        case ready
        /// The measuring window begins.
        case measuring
        /// Now and then within a long window: how it goes.
        case sample
        /// The measuring window has ended.
        case measured
        /// What was under way has arrived; all connections are still held.
        case held
        /// All connections are closed.
        case closed
        /// Last, on success.
        case result
        /// Last, on failure.
        case failed
    }

    public var event: Name
    /// Whether the generator now waits for a line on its standard input.
    public var waits: Bool?
    public var pid: Int32?
    public var connections: Int?
    public var delivered: Int64?
    public var seconds: Double?
    /// Of the corrected latency, in nanoseconds, over what became visible since the last sample.
    public var latencyP50: Int64?
    public var latencyP99: Int64?
    /// How many updates became visible since the last sample.
    public var updates: Int64?
    public var message: String?
    public var result: LoadResult?

    public init(_ event: Name) { self.event = event }
}
