/// What a trial of the study of reconnection observed: what a fault did to the sessions, and how they came back.
public struct ReconnectionSummary: Codable, Hashable, Sendable {
    public var sessions: Int
    /// How many lost their connection, at least once.
    public var interrupted: Int
    public var phases: Phases
    public var ledger: SessionLedgerSummary
    /// Times a session was told that its position was lost.
    public var positionsLost: Int64
    /// Attempts to connect after the first, over all sessions.
    public var attempts: Int64
    /// Sessions that stopped, by cause, or met a cause that a client must stop at.
    public var stops: [Stop]
    /// What slow readers and half-open peers cost the server and others; nil where the fault is none of these.
    public var harm: Harm?

    /// Distributions over the sessions that were interrupted; `caughtUp` is over all where none was. What did not happen before
    /// the trial ended is censored.
    public struct Phases: Codable, Hashable, Sendable {
        /// From the fault's beginning until the client knows that its connection is gone.
        public var detectClient: LatencySummary?
        /// From the fault's beginning until the server has given up the stream; nil where the server was what failed.
        public var detectServer: LatencySummary?
        /// From knowing to the beginning of the attempt that succeeded, earlier attempts included.
        public var wait: LatencySummary?
        /// TCP, and TLS where there is TLS.
        public var connect: LatencySummary?
        /// From the connection to the server's acceptance: status 200 or 101, or the answer to the first message.
        public var authenticate: LatencySummary?
        /// From acceptance until everything is seen that had been published by then.
        public var replay: LatencySummary?
        /// From the repair until everything is seen that had been published by then.
        public var caughtUp: LatencySummary?
        /// For each session, `caughtUp` over what its phases take at least: the rest of the wait that its policy drew, and
        /// connect, authenticate and replay as they took before the fault.
        public var caughtUpRatio: Ratio?

        public init() {}
    }

    /// Quantiles of a ratio over sessions.
    public struct Ratio: Codable, Hashable, Sendable {
        public var count: Int
        public var p50: Double
        public var p90: Double
        public var p99: Double

        public init(count: Int, p50: Double, p90: Double, p99: Double) {
            self.count = count
            self.p50 = p50
            self.p90 = p90
            self.p99 = p99
        }
    }

    public struct Stop: Codable, Hashable, Sendable {
        /// `204`, `401`, `1008 policy-violation`, `draining`.
        public var cause: String
        /// Whether a faithful client of this model stops at it.
        public var mustStop: Bool
        public var stopped: Int
        public var cameBack: Int
        /// Attempts after a cause that should have ended them.
        public var uselessRetries: Int64

        public init(cause: String, mustStop: Bool, stopped: Int, cameBack: Int, uselessRetries: Int64) {
            self.cause = cause
            self.mustStop = mustStop
            self.stopped = stopped
            self.cameBack = cameBack
            self.uselessRetries = uselessRetries
        }
    }

    /// What peers that do not read, or are not there any more, cost.
    public struct Harm: Codable, Hashable, Sendable {
        public var peers: Int
        /// Growth of the server's memory for each such peer, in bytes a second, while they last.
        public var bytesPerSecondPerPeer: Double
        /// Until the server cut them; censored where it did not.
        public var timeToCut: LatencySummary?
        /// Corrected latency of the other sessions before the fault.
        public var othersBefore: LatencySummary?
        /// The same while it lasts.
        public var othersDuring: LatencySummary?

        public init(
            peers: Int, bytesPerSecondPerPeer: Double, timeToCut: LatencySummary? = nil,
            othersBefore: LatencySummary? = nil, othersDuring: LatencySummary? = nil
        ) {
            self.peers = peers
            self.bytesPerSecondPerPeer = bytesPerSecondPerPeer
            self.timeToCut = timeToCut
            self.othersBefore = othersBefore
            self.othersDuring = othersDuring
        }
    }

    public init(
        sessions: Int, interrupted: Int, phases: Phases = Phases(), ledger: SessionLedgerSummary,
        positionsLost: Int64 = 0, attempts: Int64 = 0, stops: [Stop] = [], harm: Harm? = nil
    ) {
        self.sessions = sessions
        self.interrupted = interrupted
        self.phases = phases
        self.ledger = ledger
        self.positionsLost = positionsLost
        self.attempts = attempts
        self.stops = stops
        self.harm = harm
    }
}
