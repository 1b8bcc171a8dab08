/// What happened to the subscribers that stopped reading. They count neither in latencies nor in the ledger.
///
/// They read again once everything else is measured, because a subscriber that does not read cannot see what it is
/// told.
public struct SlowReaderSummary: Codable, Hashable, Sendable {
    public var count: Int
    /// How many the server cut off.
    public var cut: Int
    /// How often one of them was told that its position was lost.
    public var positionsLost: Int64

    public init(count: Int, cut: Int, positionsLost: Int64) {
        self.count = count
        self.cut = cut
        self.positionsLost = positionsLost
    }
}
