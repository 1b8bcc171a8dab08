import TransportCore

/// A storm: sessions that are cut at one instant, and the server that they come back to.
public struct StormParameters: Codable, Hashable, Sendable {
    /// What the kernel does with a connection that finds the queue full.
    public enum Overflow: String, Codable, Hashable, Sendable, CaseIterable {
        /// Nothing, and the client's kernel asks again: Linux, by default.
        case drop
        /// A reset: Linux with `net.ipv4.tcp_abort_on_overflow`.
        case reset
    }

    public var sessions: Int
    /// Of `SessionPolicy.names`.
    public var policy: String
    /// Connections that the server serves in a second: handshakes, authentication and the first event included.
    public var acceptRate: Double
    /// Connections that the kernel keeps until they are accepted.
    public var queue: Int
    public var overflow = Overflow.drop
    /// Connections a second above which the server answers 503; nil sets no limit.
    public var rateLimit: Double?
    /// The `Retry-After` of the 503.
    public var retryAfterSeconds = 1
    /// What a 503 costs the server, as a share of a connection that it serves.
    public var refusalCost = 0.25
    public var roundTripSeconds = 0.02
    /// Time over which the sessions notice the cut, evenly; 0: at once, as after a reset.
    public var noticeSeconds = 0.0
    /// From the cut on the server is away for this long, and connections to it are reset.
    public var outageSeconds = 0.0
    /// The `retry:` that the server had sent before the cut.
    public var retryMilliseconds: Int? = 1_000
    /// The simulation ends there.
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

    /// What is wrong with the first value that is out of its range, and what would be right; nil where all are well.
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
