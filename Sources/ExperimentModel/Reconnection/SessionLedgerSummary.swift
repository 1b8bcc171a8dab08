/// What became of the updates that a population of sessions was owed, over all faults of a trial.
///
/// `expected = live + replayed + snapshot + refetched + declaredLost + silentlyLost + undelivered`; duplicates are counted apart.
public struct SessionLedgerSummary: Codable, Hashable, Sendable {
    /// Updates that were published and acknowledged, times the sessions of their orders.
    public var expected: Int64
    /// Came as they were published.
    public var live: Int64
    /// Came after a reconnect, from the cursor on.
    public var replayed: Int64
    /// Included in a state that the stream began with.
    public var snapshot: Int64
    /// Included in a state that the session fetched.
    public var refetched: Int64
    public var duplicated: Int64
    public var reordered: Int64
    /// Gone, and the session was told so.
    public var declaredLost: Int64
    /// Gone without a word, while something later was seen: must be 0 for every strategy that promises it.
    public var silentlyLost: Int64
    /// Not seen when the trial ended, nor anything later: a session that stopped, or had not caught up.
    public var undelivered: Int64

    public init(
        expected: Int64 = 0, live: Int64 = 0, replayed: Int64 = 0, snapshot: Int64 = 0, refetched: Int64 = 0,
        duplicated: Int64 = 0, reordered: Int64 = 0, declaredLost: Int64 = 0, silentlyLost: Int64 = 0,
        undelivered: Int64 = 0
    ) {
        self.expected = expected
        self.live = live
        self.replayed = replayed
        self.snapshot = snapshot
        self.refetched = refetched
        self.duplicated = duplicated
        self.reordered = reordered
        self.declaredLost = declaredLost
        self.silentlyLost = silentlyLost
        self.undelivered = undelivered
    }
}
