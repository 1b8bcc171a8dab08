/// What a trial of the study of reconnection observed: how a fault affected the sessions, and how they recovered.
public struct ReconnectionSummary: Codable, Hashable, Sendable {
    public var sessions: Int
    /// How many sessions lost their connection at least once.
    public var interrupted: Int
    public var phases: Phases
    public var ledger: SessionLedgerSummary
    /// How often a session was told that its position was lost.
    public var positionsLost: Int64
    /// Attempts to connect after the first, over all sessions.
    public var attempts: Int64
    /// Sessions that stopped, or met an answer at which a client must stop, by cause.
    public var stops: [Stop]
    /// How connections ended and attempts failed, from the clients' point of view, by cause; nil in lines of older
    /// versions.
    public var causes: [Cause]?
    /// Nil with a single server.
    public var nodes: Nodes?
    /// What slow readers and half-open peers cost the server and other sessions; nil for other faults.
    public var harm: Harm?

    /// Distributions over the sessions that were interrupted; where none was, `caughtUp` is over all. A phase that
    /// did not end before the trial's end is censored.
    public struct Phases: Codable, Hashable, Sendable {
        /// From the fault's beginning until the client knows that its connection is gone.
        public var detectClient: LatencySummary?
        /// From the fault's beginning until the server has given up the stream; nil where the server itself failed.
        public var detectServer: LatencySummary?
        /// From when the client knows to the beginning of the attempt that succeeded, including earlier attempts.
        public var wait: LatencySummary?
        /// From when the client knows to the acceptance of the attempt that succeeded: the time without a stream.
        public var away: LatencySummary?
        /// TCP and, with TLS, its handshake.
        public var connect: LatencySummary?
        /// From the connection to the server's acceptance: status 200 or 101, or the answer to the first message.
        public var authenticate: LatencySummary?
        /// From acceptance until everything is seen that had been published by then.
        public var replay: LatencySummary?
        /// From the repair until everything is seen that had been published by then.
        public var caughtUp: LatencySummary?
        /// For each session, `caughtUp` divided by the minimum of its phases: the rest of its policy's wait, and
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
        /// Whether a client that follows the server's answers stops at it.
        public var mustStop: Bool
        public var stopped: Int
        public var cameBack: Int
        /// Attempts after a cause that should have ended the session.
        public var uselessRetries: Int64

        public init(cause: String, mustStop: Bool, stopped: Int, cameBack: Int, uselessRetries: Int64) {
            self.cause = cause
            self.mustStop = mustStop
            self.stopped = stopped
            self.cameBack = cameBack
            self.uselessRetries = uselessRetries
        }
    }

    /// A way in which a connection ended, or an attempt failed.
    public struct Cause: Codable, Hashable, Sendable {
        /// A status, the code and name of a close reason, or `ended`, `failed`, `silent`.
        public var cause: String
        /// Open connections that ended for this cause.
        public var ended: Int
        /// Attempts that failed for this cause.
        public var failed: Int

        public init(cause: String, ended: Int, failed: Int) {
            self.cause = cause
            self.ended = ended
            self.failed = failed
        }
    }

    /// Servers behind one balancer. Each has its own timelines.
    public struct Nodes: Codable, Hashable, Sendable {
        /// The sessions of each node before the fault. The runner's faults hit the first node.
        public var before: [Int]
        /// The sessions of each node when the trial ended.
        public var after: [Int]
        /// Sessions that ended at another node than they began at.
        public var moved: Int
        /// How many of them were told that their position is lost, because it is of another node's epoch.
        public var movedAndTold: Int

        public init(before: [Int], after: [Int], moved: Int, movedAndTold: Int) {
            self.before = before
            self.after = after
            self.moved = moved
            self.movedAndTold = movedAndTold
        }
    }

    /// The cost of peers that do not read, or that have vanished.
    public struct Harm: Codable, Hashable, Sendable {
        public var peers: Int
        /// The growth of the server's memory for each such peer, in bytes per second, while they last: the slope of a
        /// line through `memory` from the fault on, less the slope before it.
        public var bytesPerSecondPerPeer: Double
        /// The server's resident memory; nil in lines of older versions.
        public var memory: [MemorySample]?
        /// The seconds after which the server's settings cut off a peer that takes and acknowledges nothing; nil for
        /// no limit.
        public var patienceSeconds: Double?
        /// The time until the server cut them off; censored where it did not.
        public var timeToCut: LatencySummary?
        /// Corrected latency of the other sessions before the fault.
        public var othersBefore: LatencySummary?
        /// The same while it lasts.
        public var othersDuring: LatencySummary?

        public struct MemorySample: Codable, Hashable, Sendable {
            /// Seconds since the fault; negative before it.
            public var seconds: Double
            public var bytes: Int64

            public init(seconds: Double, bytes: Int64) {
                self.seconds = seconds
                self.bytes = bytes
            }
        }

        public init(
            peers: Int, bytesPerSecondPerPeer: Double, memory: [MemorySample]? = nil, patienceSeconds: Double? = nil,
            timeToCut: LatencySummary? = nil, othersBefore: LatencySummary? = nil, othersDuring: LatencySummary? = nil
        ) {
            self.peers = peers
            self.bytesPerSecondPerPeer = bytesPerSecondPerPeer
            self.memory = memory
            self.patienceSeconds = patienceSeconds
            self.timeToCut = timeToCut
            self.othersBefore = othersBefore
            self.othersDuring = othersDuring
        }
    }

    public init(
        sessions: Int, interrupted: Int, phases: Phases = Phases(), ledger: SessionLedgerSummary,
        positionsLost: Int64 = 0, attempts: Int64 = 0, stops: [Stop] = [], causes: [Cause]? = nil,
        nodes: Nodes? = nil, harm: Harm? = nil
    ) {
        self.sessions = sessions
        self.interrupted = interrupted
        self.phases = phases
        self.ledger = ledger
        self.positionsLost = positionsLost
        self.attempts = attempts
        self.stops = stops
        self.causes = causes
        self.nodes = nodes
        self.harm = harm
    }
}
