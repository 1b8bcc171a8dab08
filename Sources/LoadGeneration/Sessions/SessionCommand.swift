/// A command of the supervisor to a running population of sessions, written as one JSON line.
public struct SessionCommand: Codable, Hashable, Sendable {
    public enum Name: String, Codable, Hashable, Sendable {
        /// A fault begins at `at`. From now on the latencies of bystanders are recorded separately.
        case fault
        /// The fault is repaired at `at`. The time to catch up counts from there, up to everything that is acknowledged
        /// by now.
        case repaired
        /// The first `sessions` stop reading.
        case stopReading = "stop-reading"
        /// All sessions read again.
        case read
        /// The first `sessions` vanish: their host answers nothing any more, and sends nothing.
        case vanish
        /// Answer `quiesced` when every session has stopped, or is connected and has seen everything acknowledged, or
        /// after `seconds`.
        case quiesce
        /// Close all connections, and answer with the result.
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
