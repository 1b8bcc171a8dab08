/// What a trial of the study of storms observed: many sessions were cut at once, and reconnected.
public struct StormSummary: Codable, Hashable, Sendable {
    /// Sessions that were cut.
    public var sessions: Int
    /// Sessions that were not cut.
    public var bystanders: Int
    /// The connections per second that the same server accepted from the same client when they came one after the
    /// other without waiting. For a server with a limit this is not measured, and it is the rate that the simulation
    /// assumes.
    public var acceptRate: Double
    public var measured: StormCurve
    /// The simulation of the same storm with this server's accept rate; nil where it was not simulated.
    public var model: StormCurve?
    /// The simulation of the same policy and server with more sessions than this machine can hold; nil where there is
    /// none.
    public var extrapolation: StormCurve?
    /// The connections per second of the server in the extrapolation. It is the same for all cells of an experiment;
    /// nil without one.
    public var extrapolationAcceptRate: Double?
    /// The ledger of the sessions' updates.
    public var ledger: SessionLedgerSummary?
    /// Corrected latency of the bystanders before the cut.
    public var bystandersBefore: LatencySummary?
    /// Corrected latency of the bystanders until the storm is over.
    public var bystandersDuring: LatencySummary?

    public init(
        sessions: Int, bystanders: Int, acceptRate: Double, measured: StormCurve, model: StormCurve? = nil,
        extrapolation: StormCurve? = nil, extrapolationAcceptRate: Double? = nil,
        ledger: SessionLedgerSummary? = nil, bystandersBefore: LatencySummary? = nil,
        bystandersDuring: LatencySummary? = nil
    ) {
        self.sessions = sessions
        self.bystanders = bystanders
        self.acceptRate = acceptRate
        self.measured = measured
        self.model = model
        self.extrapolation = extrapolation
        self.extrapolationAcceptRate = extrapolationAcceptRate
        self.ledger = ledger
        self.bystandersBefore = bystandersBefore
        self.bystandersDuring = bystandersDuring
    }
}

/// A storm over time, from the cut on.
public struct StormCurve: Codable, Hashable, Sendable {
    public var sessions: Int
    /// The length of one bin in seconds.
    public var binSeconds: Double
    /// Attempts to connect that began in each bin.
    public var attempts: [Int]
    /// Attempts that were refused or failed in each bin.
    public var refused: [Int]
    /// Sessions that came back in each bin.
    public var back: [Int]
    /// Seconds until this share was back; nil where it never was.
    public var secondsUntil50: Double?
    public var secondsUntil90: Double?
    public var secondsUntil99: Double?
    public var secondsUntilAll: Double?
    /// Sessions that gave up for good, as a native EventSource does at a 503; nil in lines of older versions.
    public var stopped: Int?

    public init(
        sessions: Int, binSeconds: Double, attempts: [Int], refused: [Int], back: [Int],
        secondsUntil50: Double? = nil, secondsUntil90: Double? = nil, secondsUntil99: Double? = nil,
        secondsUntilAll: Double? = nil, stopped: Int? = nil
    ) {
        self.sessions = sessions
        self.binSeconds = binSeconds
        self.attempts = attempts
        self.refused = refused
        self.back = back
        self.secondsUntil50 = secondsUntil50
        self.secondsUntil90 = secondsUntil90
        self.secondsUntil99 = secondsUntil99
        self.secondsUntilAll = secondsUntilAll
        self.stopped = stopped
    }

    /// Attempts per second in the busiest bin.
    public var peakConnectsPerSecond: Double { Double(attempts.max() ?? 0) / binSeconds }
    public var refusedAttempts: Int { refused.reduce(0, +) }
}
