/// What a session has done since its start. 32 bits each, as a simulation holds a million sessions.
public struct SessionCounters: Codable, Hashable, Sendable {
    /// Connections asked for.
    public var attempts: Int32 = 0
    /// Attempts that ended before they were accepted, those that took too long included.
    public var failures: Int32 = 0
    /// Connections that were accepted.
    public var opened: Int32 = 0
    /// Accepted connections that ended, those taken for dead included.
    public var drops: Int32 = 0
    public var connectTimeouts: Int32 = 0
    /// Connections on which nothing was heard for the liveness timeout.
    public var livenessTimeouts: Int32 = 0
    /// Attempts after an answer that a client who listens would have stopped at.
    public var uselessRetries: Int32 = 0
    /// Losses that were declared.
    public var positionsLost: Int32 = 0
    /// Updates that were no newer than what the session had, and were dropped.
    public var stale: Int32 = 0
    public var refetches: Int32 = 0
    public var failedRefetches: Int32 = 0

    public init() {}
}
