/// What a session has done since its start. The counters have 32 bits, because a simulation holds a million sessions.
public struct SessionCounters: Codable, Hashable, Sendable {
    /// Connections asked for.
    public var attempts: Int32 = 0
    /// Attempts that ended before they were accepted, including those that took too long.
    public var failures: Int32 = 0
    /// Connections that were accepted.
    public var opened: Int32 = 0
    /// Accepted connections that ended, including those taken for dead.
    public var drops: Int32 = 0
    public var connectTimeouts: Int32 = 0
    /// Connections on which nothing was heard for the liveness timeout.
    public var livenessTimeouts: Int32 = 0
    /// Attempts after an answer at which a client that follows the server's answers would have stopped.
    public var uselessRetries: Int32 = 0
    /// Losses that were declared.
    public var positionsLost: Int32 = 0
    /// Updates that were no newer than the session's state, and were dropped.
    public var stale: Int32 = 0
    public var refetches: Int32 = 0
    public var failedRefetches: Int32 = 0

    public init() {}
}
