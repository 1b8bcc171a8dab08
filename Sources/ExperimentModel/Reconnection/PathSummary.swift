/// What a trial of the study of proxies observed of a transport on a path.
public struct PathSummary: Codable, Hashable, Sendable {
    /// How many lines of the proxy's configuration this transport needs in addition to those that pass requests on.
    public var settings: Int
    /// One sentence: works, held back, refused, cut after 1.0 s.
    public var outcome: String
    public var verdict: Verdict
    /// From the beginning of the connection to the first update or state.
    public var firstUpdate: LatencySummary?
    /// The time of every update, from its intended time.
    public var updates: LatencySummary?
    /// Seconds after which an idle connection was cut; nil where it was not.
    public var idleCutSeconds: Double?
    /// The status that refused the transport; nil where it was not refused.
    public var refusal: Int?
    public var ledger: SessionLedgerSummary?

    public enum Verdict: String, Codable, Hashable, Sendable, CaseIterable {
        /// Every update came when it was published.
        case works
        /// Updates came late, in lumps or not at all while the connection lasted.
        case heldBack = "held-back"
        /// No connection could be made.
        case refused
        /// It works, but an idle connection is cut, and the client reconnects.
        case cut
    }

    public init(
        settings: Int, outcome: String, verdict: Verdict, firstUpdate: LatencySummary? = nil,
        updates: LatencySummary? = nil, idleCutSeconds: Double? = nil, refusal: Int? = nil,
        ledger: SessionLedgerSummary? = nil
    ) {
        self.settings = settings
        self.outcome = outcome
        self.verdict = verdict
        self.firstUpdate = firstUpdate
        self.updates = updates
        self.idleCutSeconds = idleCutSeconds
        self.refusal = refusal
        self.ledger = ledger
    }
}
