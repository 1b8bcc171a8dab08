/// What the supervisor of a population of sessions can ask for while it runs: one JSON line each.
public struct SessionCommand: Codable, Hashable, Sendable {
    public enum Name: String, Codable, Hashable, Sendable {
        /// Something goes wrong from `at` on: the latencies of bystanders are counted apart from now on.
        case fault
        /// Everything is repaired at `at`: from there each session's time to catch up counts, to all that was acknowledged.
        case repaired
        /// The first `sessions` stop to read.
        case stopReading = "stop-reading"
        /// All read again.
        case read
        /// The first `sessions` vanish: their host answers nothing any more, and says nothing.
        case vanish
        /// Answer `quiesced` once every session that has not stopped is connected and has seen all that is acknowledged, or
        /// after `seconds`.
        case quiesce
        /// Close everything and answer with the result.
        case finish
    }

    public var command: Name
    /// Nanoseconds of the monotonic clock.
    public var at: Int64?
    public var sessions: Int?
    public var seconds: Double?

    public init(_ command: Name, at: Int64? = nil, sessions: Int? = nil, seconds: Double? = nil) {
        self.command = command
        self.at = at
        self.sessions = sessions
        self.seconds = seconds
    }
}
