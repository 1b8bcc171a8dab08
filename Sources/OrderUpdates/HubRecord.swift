/// What a hub needs to continue in another process, as its journal has stored it.
public struct HubRecord: Sendable {
    /// The hub's own epoch.
    public var epoch: UInt64
    public var counters: HubCounters
    public var timelines: [TimelineRecord]

    /// - Parameter epoch: random by default, as a new hub has it.
    public init(
        epoch: UInt64 = .random(in: 0...UInt64.max), counters: HubCounters = HubCounters(),
        timelines: [TimelineRecord] = []
    ) {
        self.epoch = epoch
        self.counters = counters
        self.timelines = timelines
    }
}

/// One order's timeline as it was stored.
public struct TimelineRecord: Sendable {
    /// See `OrderChange`.
    public var number: UInt64
    public var id: OrderID
    public var owner: Subject
    public var status: OrderStatus
    /// The sequence of the order's first event, which may have left the history.
    public var firstSequence: UInt64
    /// The sequence of the last event that has left the history; 0 where none has.
    public var lostThrough: UInt64
    /// Oldest first, without a gap, and at least one.
    public var events: [OrderEvent]

    public init(
        number: UInt64, id: OrderID, owner: Subject, status: OrderStatus, firstSequence: UInt64, lostThrough: UInt64,
        events: [OrderEvent]
    ) {
        precondition(!events.isEmpty, "an order has an event from its creation on")
        self.number = number
        self.id = id
        self.owner = owner
        self.status = status
        self.firstSequence = firstSequence
        self.lostThrough = lostThrough
        self.events = events
    }
}
