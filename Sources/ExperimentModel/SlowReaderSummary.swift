/// What became of the subscribers that stopped reading; they count in no latency and nowhere in the ledger.
///
/// They read again once everything else is measured, since a subscriber that does not read cannot see what it is told.
public struct SlowReaderSummary: Codable, Hashable, Sendable {
    public var count: Int
    /// Ended by the server.
    public var cut: Int
    /// How often one was told that its position was lost.
    public var positionsLost: Int64

    public init(count: Int, cut: Int, positionsLost: Int64) {
        self.count = count
        self.cut = cut
        self.positionsLost = positionsLost
    }
}
