/// The answer to a read of several orders, as one stream in the hub's sequence.
///
/// A reader delivers `lost`, then `entries`, and continues from `sequence`. It sees each event once, or the order's
/// snapshot in its place.
public struct MergedRead: Sendable {
    public struct Entry: Sendable {
        public let id: OrderID
        public let epoch: UInt64
        public let event: OrderEvent
    }

    /// The events after the position, by rising sequence.
    public internal(set) var entries: [Entry] = []
    /// Snapshots of the orders that have lost events after the position. `entries` has no event of these orders.
    public internal(set) var lost: [OrderSnapshot] = []
    /// The orders that do not exist or have been evicted.
    public internal(set) var unknown: [OrderID] = []
    /// The read covers everything up to this sequence.
    public internal(set) var sequence: UInt64
}

extension MergedRead {
    /// The highest sequence of a snapshot in `lost`; 0 where nothing is lost.
    var snapshotSequence: UInt64 { lost.lazy.map(\.sequence).max() ?? 0 }

    /// Sorts the entries and cuts them to `limit`.
    ///
    /// The cut never comes before a snapshot's sequence: a reader that continued from there would get the events
    /// that the snapshot covers once more.
    mutating func arrange(limit: Int) {
        entries.sort { $0.event.sequence < $1.event.sequence }
        let covered = snapshotSequence
        let kept = entries.count <= limit ? entries.count : max(limit, entries.count { $0.event.sequence <= covered })
        guard kept < entries.count else { return }
        sequence = max(entries[kept - 1].event.sequence, covered)
        entries.removeSubrange(kept...)
    }
}
