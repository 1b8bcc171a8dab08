public import ExperimentModel
public import TransportCore

/// What happened to one session. Times are nanoseconds of the monotonic clock.
public struct SessionRecord: Codable, Hashable, Sendable {
    /// How its first connection came about: what each phase takes when nothing is wrong.
    public var first = Connecting()
    /// Attempts that failed before it was ever connected.
    public var failures: [Failure] = []
    /// In their order.
    public var interruptions: [Interruption] = []
    /// When it was connected and had seen all that was acknowledged when everything was repaired; nil where it never had, or no
    /// repair was told.
    public var caughtUpAt: Int64?
    /// Why it came to its end by itself; nil where it did not.
    public var stop: String?
    public var counters = SessionCounters()
    /// The servers whose timelines it saw, one after the other, by the acknowledgements: a restart without history shows twice.
    public var nodes: [Int] = []
    public var ledger = SessionLedgerSummary()

    public init() {}

    /// One attempt that led to a connection, step by step; nil for what did not come.
    public struct Connecting: Codable, Hashable, Sendable {
        public var began: Int64?
        /// TCP and TLS are up.
        public var connected: Int64?
        /// 200 or 101.
        public var opened: Int64?
        /// Everything was seen that had been acknowledged when it opened.
        public var whole: Int64?

        public init() {}
    }

    /// From the loss of a connection to the next one that the server accepts.
    public struct Interruption: Codable, Hashable, Sendable {
        /// When the session knew.
        public var lost: Int64
        /// Why, as far as it knew: `ended`, `failed`, `silent`, a status, or the code and name of a close reason.
        public var cause: String
        /// Whether the server said why, in band.
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

    /// An attempt that was refused, or did not come about.
    public struct Failure: Codable, Hashable, Sendable {
        public var at: Int64
        public var cause: String

        public init(at: Int64, cause: String) {
            self.at = at
            self.cause = cause
        }
    }
}

/// What a population of sessions came to.
public struct SessionsResult: Codable, Sendable {
    /// Those that the trial is about first, then the bystanders.
    public var records: [SessionRecord]
    /// How many of them are bystanders.
    public var bystanders: Int
    /// Corrected latency of the bystanders' updates, or of all sessions' where there are none: before the fault was told.
    public var before: LatencySummary
    /// The same since.
    public var since: LatencySummary
    /// The first causes of failures in full, for a person.
    public var explanations: [String]
}

extension ClosedCause {
    /// In a word, for counting.
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
