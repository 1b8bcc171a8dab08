/// An event of a population of sessions, written as one JSON line. Times are nanoseconds of the monotonic clock.
public struct SessionEvent: Codable, Sendable {
    public enum Name: String, Codable, Sendable {
        /// The number of sessions that are ready, while they connect.
        case progress
        /// Every session is connected and has its first state, or, with `startsAnyway`, as many as will.
        case ready
        /// A command was carried out.
        case done
        /// The answer to `quiesce`.
        case quiesced
        /// The answer to `finish`, and the last event of a run that succeeds.
        case result
        /// The last event of a run that fails.
        case failed
    }

    public var event: Name
    public var pid: Int32?
    public var at: Int64
    /// The number of sessions that are ready, were affected by a command, or are quiescent.
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
