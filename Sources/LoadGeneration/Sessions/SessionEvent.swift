/// What a population of sessions says: one JSON line each. Times are nanoseconds of the monotonic clock.
public struct SessionEvent: Codable, Sendable {
    public enum Name: String, Codable, Sendable {
        /// Connecting: how far it is.
        case progress
        /// Every session is connected and has its first state.
        case ready
        /// A command was carried out.
        case done
        /// The answer to `quiesce`.
        case quiesced
        /// The answer to `finish`; last, on success.
        case result
        /// Last, on failure.
        case failed
    }

    public var event: Name
    public var pid: Int32?
    public var at: Int64
    /// How many sessions are ready, were affected by a command, or are quiescent.
    public var sessions: Int?
    /// From the first `open` until all were ready.
    public var seconds: Double?
    public var message: String?
    public var result: SessionsResult?

    public init(_ event: Name, at: Int64) {
        self.event = event
        self.at = at
    }
}
