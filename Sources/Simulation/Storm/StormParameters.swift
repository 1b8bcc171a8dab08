import TransportCore

/// A storm: sessions that are cut at one moment, and the server that they reconnect to.
public struct StormParameters: Codable, Hashable, Sendable {
    /// What the kernel does with a connection that arrives when the queue is full.
    public enum Overflow: String, Codable, Hashable, Sendable, CaseIterable {
        /// It ignores the connection, and the client's kernel asks again: Linux, by default.
        case drop
        /// It resets the connection: Linux with `net.ipv4.tcp_abort_on_overflow`.
        case reset
    }

    public var sessions: Int
    /// One of `SessionPolicy.names`.
    public var policy: String
    /// Connections that the server serves in a second. This includes handshakes, authentication and the first event.
    public var acceptRate: Double
    /// Connections that the kernel holds until they are accepted.
    public var queue: Int
    public var overflow = Overflow.drop
    /// Connections in a second above which the server answers 503; nil for no limit.
    public var rateLimit: Double?
    /// The `Retry-After` of the 503.
    public var retryAfterSeconds = 1
    /// The cost of a 503 to the server, as a share of a connection that it serves.
    public var refusalCost = 0.25
    public var roundTripSeconds = 0.02
    /// The time over which the sessions notice the cut, evenly spread; with 0 all notice at once, as after a reset.
    public var noticeSeconds = 0.0
    /// How long the server is down from the cut on. Connections to it are reset meanwhile.
    public var outageSeconds = 0.0
    /// The `retry:` that the server sent before the cut.
    public var retryMilliseconds: Int? = 1_000
    /// When the simulation ends.
    public var limitSeconds = 3_600.0
    public var seed: UInt64 = 1

    public init(sessions: Int, policy: String, acceptRate: Double, queue: Int) {
        self.sessions = sessions
        self.policy = policy
        self.acceptRate = acceptRate
        self.queue = queue
    }

    public static let sessionRange = 1...2_000_000
    public static let rateRange = 1.0...1_000_000.0
    public static let queueRange = 1...1_000_000
    public static let retryAfterRange = 0...3_600
    public static let costRange = 0.01...1.0
    public static let roundTripRange = 0.000_01...10.0
    public static let durationRange = 0.0...3_600.0
    public static let retryRange = 100...3_600_000
    public static let limitRange = 1.0...86_400.0

    /// What is wrong with the first value that is out of its range, and what would be right; nil where none is.
    public var problem: String? {
        var problems = Problems()
        problems.check("sessions", sessions, Self.sessionRange)
        if SessionPolicy.named(policy) == nil {
            problems.first = "policy takes \(SessionPolicy.names.joined(separator: ", ")), not '\(policy)'"
        }
        problems.check("acceptRate", acceptRate, Self.rateRange)
        problems.check("queue", queue, Self.queueRange)
        problems.check("rateLimit", rateLimit, Self.rateRange)
        problems.check("retryAfterSeconds", retryAfterSeconds, Self.retryAfterRange)
        problems.check("refusalCost", refusalCost, Self.costRange)
        problems.check("roundTripSeconds", roundTripSeconds, Self.roundTripRange)
        problems.check("noticeSeconds", noticeSeconds, Self.durationRange)
        problems.check("outageSeconds", outageSeconds, Self.durationRange)
        problems.check("retryMilliseconds", retryMilliseconds, Self.retryRange)
        problems.check("limitSeconds", limitSeconds, Self.limitRange)
        return problems.first
    }

    private struct Problems {
        var first: String?

        mutating func check<Number: Comparable>(_ name: String, _ value: Number?, _ range: ClosedRange<Number>) {
            guard first == nil, let value, !range.contains(value) else { return }
            first = "\(name) takes \(range.lowerBound) to \(range.upperBound), not \(value)"
        }
    }
}
