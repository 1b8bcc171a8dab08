/// A change of a hub, as its journal keeps it.
///
/// A timeline goes by its number: what its epoch is beyond the hub's, so that no two timelines of a hub share one, and a
/// hub that takes a new epoch gives a new one to all of them.
public enum OrderChange: Sendable {
    /// A timeline began; its first event, of this sequence, follows.
    case created(number: UInt64, OrderID, owner: Subject, sequence: UInt64)
    case logged(LoggedEvent)
    /// An event left the history so long ago that not even its sequence is asked for any more.
    case forgotten(sequence: UInt64)
    /// A timeline is gone, with these events and the last one that had left the history before (0 for none).
    case evicted(number: UInt64, events: [OrderEvent], lostThrough: UInt64)
}

/// An event, and the order's status from then on.
public struct LoggedEvent: Sendable {
    public let number: UInt64
    public let status: OrderStatus
    public let event: OrderEvent
    let slot: Int
}

/// What a journal writes together.
///
/// A journal keeps one and reuses it, so that a steady state allocates nothing.
public struct JournalBatch: Sendable {
    public internal(set) var changes: [OrderChange] = []
    /// The hub's counters with these changes, beside which they are to be kept.
    public internal(set) var counters = HubCounters()
    /// What of the hub's backlog is in this batch.
    var bytes = 0

    public init() {}
}

/// What a hub has counted since its beginning, over all processes that it lived in.
public struct HubCounters: Hashable, Sendable {
    /// The sequence of the latest event; 0 before the first.
    public var sequence: UInt64
    /// Timelines that have begun: the latest one's number.
    public var timelines: UInt64
    /// The highest sequence of an event that went away with its whole order.
    public var evictedThrough: UInt64

    public init(sequence: UInt64 = 0, timelines: UInt64 = 0, evictedThrough: UInt64 = 0) {
        self.sequence = sequence
        self.timelines = timelines
        self.evictedThrough = evictedThrough
    }
}
