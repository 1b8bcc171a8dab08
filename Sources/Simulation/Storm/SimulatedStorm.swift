/// The result of a storm. Times count from the cut, in seconds.
public struct SimulatedStorm: Codable, Hashable, Sendable {
    /// The events in each bin of 100 ms from the cut on.
    public struct Curve: Codable, Hashable, Sendable {
        public static let binsPerSecond = 10

        public var binMilliseconds = 1_000 / Self.binsPerSecond
        /// Attempts that began.
        public var attempts: [Int] = []
        /// Connections that the server served.
        public var accepted: [Int] = []
        /// Attempts that ended without a connection.
        public var refused: [Int] = []
        /// Sessions that reconnected.
        public var back: [Int] = []
    }

    public var parameters: StormParameters
    public var curve: Curve
    /// Connections that sessions asked for.
    public var attempts: Int
    /// The highest number of attempts within one second.
    public var peakConnectsPerSecond: Int
    /// Attempts that ended without a connection: resets, 503s, and those that took too long.
    public var refusedAttempts: Int
    /// How many of them took too long.
    public var timedOutAttempts: Int
    /// SYNs that found the queue full and were not answered.
    public var unansweredConnects: Int
    /// Connections that the server served although their clients had given up.
    public var wastedAccepts: Int
    /// Sessions that are back.
    public var back: Int
    /// Sessions that will not reconnect, because their policy has given up or an answer made them stop.
    public var stopped: Int
    /// The time until a share of all sessions was back, up to the end of its bin; nil where it never was.
    public var secondsUntil50: Double?
    public var secondsUntil90: Double?
    public var secondsUntil99: Double?
    public var secondsUntilAll: Double?
    /// The minimum time in which the server can serve all sessions, from the cut on.
    public var floorSeconds: Double
}
