/// How old the subscribers' view of their orders was, in nanoseconds. It is the fair figure between push and polling.
///
/// The age of a view is the time since the oldest published update that it does not show; 0 when it is up to date.
public struct StalenessSummary: Codable, Hashable, Sendable {
    /// The average over time and over subscribers.
    public var mean: Double
    /// The age that a view exceeds for 1 % of the time.
    public var p99: Int64

    public init(mean: Double, p99: Int64) {
        self.mean = mean
        self.p99 = p99
    }
}
