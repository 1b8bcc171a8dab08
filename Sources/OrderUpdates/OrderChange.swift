/// A change of a hub, as its journal stores it.
///
/// A timeline is named by its number, which is the difference between its epoch and the hub's. So no two timelines
/// of a hub have the same number, and a hub that takes a new epoch gives all its timelines new ones.
public enum OrderChange: Sendable {
    /// A timeline began. Its first event has this sequence, and follows.
    case created(number: UInt64, OrderID, owner: Subject, sequence: UInt64)
    case logged(LoggedEvent)
    /// An event left the history so long ago that its sequence is not needed any more.
    case forgotten(sequence: UInt64)
    /// A timeline was evicted with these events. `lostThrough` is the sequence of the last event that had left the
    /// history before; 0 for none.
    case evicted(number: UInt64, events: [OrderEvent], lostThrough: UInt64)
}

/// An event, and the status of the order after it.
public struct LoggedEvent: Sendable {
    public let number: UInt64
    public let status: OrderStatus
    public let event: OrderEvent
    let slot: Int
}

/// The changes that a journal writes together.
///
/// A journal keeps one batch and reuses it, so that a steady state allocates nothing.
public struct JournalBatch: Sendable {
    public internal(set) var changes: [OrderChange] = []
    /// The hub's counters after these changes, to be stored with them.
    public internal(set) var counters = HubCounters()
    /// How much of the hub's backlog this batch takes, in bytes.
    var bytes = 0

    public init() {}
}

/// A hub's counters since its creation, over all processes that it lived in.
public struct HubCounters: Hashable, Sendable {
    /// The sequence of the latest event; 0 before the first.
    public var sequence: UInt64
    /// How many timelines have begun, which is also the number of the latest one.
    public var timelines: UInt64
    /// The highest sequence of an event that was evicted with its order.
    public var evictedThrough: UInt64

    public init(sequence: UInt64 = 0, timelines: UInt64 = 0, evictedThrough: UInt64 = 0) {
        self.sequence = sequence
        self.timelines = timelines
        self.evictedThrough = evictedThrough
    }
}
