/// What happened to the updates that were due to a population of sessions, over all faults of a trial.
///
/// `expected = live + replayed + snapshot + refetched + declaredLost + silentlyLost + undelivered`; duplicates are counted apart.
public struct SessionLedgerSummary: Codable, Hashable, Sendable {
    /// Updates that were published and acknowledged, times the sessions of their orders.
    public var expected: Int64
    /// Delivered when they were published.
    public var live: Int64
    /// Delivered after a reconnect, from the cursor on.
    public var replayed: Int64
    /// Covered by a state at the beginning of a stream.
    public var snapshot: Int64
    /// Covered by a state that the session fetched.
    public var refetched: Int64
    public var duplicated: Int64
    public var reordered: Int64
    /// Lost, and the session was told.
    public var declaredLost: Int64
    /// Lost without notice, while something later was seen. It must be 0 for every strategy that promises that.
    public var silentlyLost: Int64
    /// Neither it nor anything later was seen when the trial ended: the session had stopped, or had not caught up.
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
