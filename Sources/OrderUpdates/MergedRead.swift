/// The answer to a read of several orders, as one stream in the hub's sequence.
///
/// A reader hands out `lost`, then `entries`, and continues from `sequence`; it sees each event once, or the order's
/// snapshot in its place.
public struct MergedRead: Sendable {
    public struct Entry: Sendable {
        public let id: OrderID
        public let epoch: UInt64
        public let event: OrderEvent
    }

    /// What follows the position, by rising sequence.
    public internal(set) var entries: [Entry] = []
    /// The orders some of whose events after the position are gone. None of their events is among the entries.
    public internal(set) var lost: [OrderSnapshot] = []
    /// The orders that do not exist, or have been evicted.
    public internal(set) var unknown: [OrderID] = []
    /// Everything up to this sequence is covered.
    public internal(set) var sequence: UInt64
}

extension MergedRead {
    /// The latest instant of a snapshot in `lost`; 0 where nothing is lost.
    var snapshotSequence: UInt64 { lost.lazy.map(\.sequence).max() ?? 0 }

    /// Puts the entries in order, and cuts them to `limit`.
    ///
    /// The cut never falls before a snapshot's instant: a reader that continued from there would see the events once
    /// more that the snapshot stands for.
    mutating func arrange(limit: Int) {
        entries.sort { $0.event.sequence < $1.event.sequence }
        let covered = snapshotSequence
        let kept = entries.count <= limit ? entries.count : max(limit, entries.count { $0.event.sequence <= covered })
        guard kept < entries.count else { return }
        sequence = max(entries[kept - 1].event.sequence, covered)
        entries.removeSubrange(kept...)
    }
}
