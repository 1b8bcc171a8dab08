/// How a storm went. Times count from the cut, in seconds.
public struct StormResult: Codable, Hashable, Sendable {
    public var parameters: StormParameters
    public var curve: StormCurve
    /// Connections that sessions asked for.
    public var attempts: Int
    /// The most attempts within one second.
    public var peakConnectsPerSecond: Int
    /// Attempts that ended without a connection: resets, 503s, and those that took too long.
    public var refusedAttempts: Int
    /// Of them, those that took too long.
    public var timedOutAttempts: Int
    /// SYNs that found the queue full and were not answered.
    public var unansweredConnects: Int
    /// Connections that the server served, though their clients had given up.
    public var wastedAccepts: Int
    /// Sessions that are back.
    public var back: Int
    /// Sessions that will not come back: their policy has given up, or made them stop at an answer.
    public var stopped: Int
    /// Until a share of all sessions was back; nil where that was never.
    public var back50: Double?
    public var back90: Double?
    public var back99: Double?
    public var back100: Double?
    /// The least time in which the server can serve all sessions, from the cut on.
    public var floorSeconds: Double
}

/// What happened in each bin of 100 ms from the cut on.
public struct StormCurve: Codable, Hashable, Sendable {
    public static let binsPerSecond = 10

    public var binMilliseconds = 1_000 / Self.binsPerSecond
    /// Attempts that began.
    public var attempts: [Int] = []
    /// Connections that the server served.
    public var accepted: [Int] = []
    /// Attempts that ended without a connection.
    public var refused: [Int] = []
    /// Sessions that came back.
    public var back: [Int] = []
}
