/// The deliveries that were due, compared with those that were made.
///
/// `expected = delivered + coalesced + lost + undelivered`; duplicates are counted apart.
public struct LedgerSummary: Codable, Hashable, Sendable {
    /// Updates published in the window, times the subscribers of their orders.
    public var expected: Int64
    /// Distinct deliveries.
    public var delivered: Int64
    /// Skipped without notice while a later update of the same order arrived: silent loss.
    public var lost: Int64
    public var duplicated: Int64
    /// Deliveries after a later update of their order.
    public var reordered: Int64
    /// Superseded by a later state, as the transport declares (polling).
    public var coalesced: Int64
    /// How often a subscriber was told that its position was lost.
    public var positionsLost: Int64
    /// Neither it nor a later update had arrived when the trial ended. It is censored in the latency.
    public var undelivered: Int64

    public init(
        expected: Int64 = 0, delivered: Int64 = 0, lost: Int64 = 0, duplicated: Int64 = 0, reordered: Int64 = 0,
        coalesced: Int64 = 0, positionsLost: Int64 = 0, undelivered: Int64 = 0
    ) {
        self.expected = expected
        self.delivered = delivered
        self.lost = lost
        self.duplicated = duplicated
        self.reordered = reordered
        self.coalesced = coalesced
        self.positionsLost = positionsLost
        self.undelivered = undelivered
    }
}
