/// A schedule under which a session broke a promise.
public struct ScheduleViolation: Error, CustomStringConvertible {
    public var seed: UInt64
    /// In seconds of virtual time.
    public var time: Double
    public var what: String

    public var description: String { "seed \(seed), after \(time) s: \(what)" }
}

/// The counts of a schedule under which every promise was kept.
public struct ScheduleOutcome: Codable, Hashable, Sendable {
    public var sessions = 0
    public var faults = 0
    public var updates = 0
    public var attempts = 0
    public var delivered = 0
    public var positionsLost = 0
    public var stopped = 0
    /// Sessions that wait on a dead connection, as a native EventSource does.
    public var halfOpen = 0
    public var virtualSeconds = 0.0

    public init() {}

    public static func += (sum: inout Self, other: Self) {
        sum.sessions += other.sessions
        sum.faults += other.faults
        sum.updates += other.updates
        sum.attempts += other.attempts
        sum.delivered += other.delivered
        sum.positionsLost += other.positionsLost
        sum.stopped += other.stopped
        sum.halfOpen += other.halfOpen
        sum.virtualSeconds += other.virtualSeconds
    }
}
