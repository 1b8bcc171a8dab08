public import ExperimentModel
public import TransportCore

/// The record of one session. Times are nanoseconds of the monotonic clock.
public struct SessionRecord: Codable, Hashable, Sendable {
    /// The steps of its first connection, which show what each phase takes without a fault.
    public var first = Connecting()
    /// Attempts that failed before its first connection.
    public var failures: [Failure] = []
    /// In the order of time.
    public var interruptions: [Interruption] = []
    /// When it was connected and had seen everything that was acknowledged at the time of the repair; nil if it never
    /// had, or no repair was reported.
    public var caughtUpAt: Int64?
    /// Why it stopped by itself; nil if it did not.
    public var stop: String?
    public var counters = SessionCounters()
    /// The servers whose timelines it saw, in the order of time. A server that restarts without history is listed
    /// twice.
    public var nodes: [Int] = []
    public var ledger = SessionLedgerSummary()

    public init() {}

    /// The steps of an attempt that led to a connection; nil for a step that was not reached.
    public struct Connecting: Codable, Hashable, Sendable {
        public var began: Int64?
        /// TCP and TLS are established.
        public var connected: Int64?
        /// The answer is 200 or 101.
        public var opened: Int64?
        /// Everything that was acknowledged when the connection opened has been seen.
        public var whole: Int64?

        public init() {}
    }

    /// From the loss of a connection until the server accepts the next one.
    public struct Interruption: Codable, Hashable, Sendable {
        /// When the session noticed the loss.
        public var lost: Int64
        /// The cause that the session knows: `ended`, `failed`, `silent`, a status, or the code and name of a close
        /// reason.
        public var cause: String
        /// Whether the server gave a reason in band.
        public var isClean: Bool
        /// When each attempt began.
        public var attempts: [Int64] = []
        public var failures: [Failure] = []
        /// The attempt that was accepted.
        public var back = Connecting()

        public init(lost: Int64, cause: String, isClean: Bool) {
            self.lost = lost
            self.cause = cause
            self.isClean = isClean
        }
    }

    /// An attempt that was refused, or failed otherwise.
    public struct Failure: Codable, Hashable, Sendable {
        public var at: Int64
        public var cause: String

        public init(at: Int64, cause: String) {
            self.at = at
            self.cause = cause
        }
    }
}

/// The result of a population of sessions.
public struct SessionsResult: Codable, Sendable {
    /// The sessions of the trial, then the bystanders.
    public var records: [SessionRecord]
    /// The number of bystanders among the records.
    public var bystanders: Int
    /// The corrected latency before the fault was reported: of the bystanders' updates, or of all sessions' if there
    /// are no bystanders.
    public var before: LatencySummary
    /// The same latency after the fault was reported.
    public var since: LatencySummary
    /// The first different causes of failures, for people.
    public var explanations: [String]
}

extension ClosedCause {
    /// A short name of the cause, for counting.
    var label: String {
        switch self {
        case .reason(let reason): "\(reason.code) \(reason.name)"
        case .refused(let status, _): String(status)
        case .ended: "ended"
        case .notAStream: "not-a-stream"
        case .failed: "failed"
        case .byClient: "silent"
        }
    }

    var isClean: Bool { if case .reason = self { true } else { false } }
}
