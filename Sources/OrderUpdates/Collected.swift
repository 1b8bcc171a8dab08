/// What a loop took from the hub: for each order with something new, its events.
///
/// A loop keeps one and reuses it, so that a steady state allocates nothing.
public struct Collected: Sendable {
    public struct Entry: Sendable {
        /// What the loop gave to `watch`.
        public let token: Int
        /// The epoch of the order's timeline.
        public let epoch: UInt64
        /// The order's events in `Collected.events`, never empty. Where some left the history before they were
        /// collected, the first event's offset shows the gap.
        public let events: Range<Int>
    }

    /// One entry for each order, in the order in which the orders became dirty. Their events may have been logged in
    /// another order.
    public var entries: [Entry] = []
    public var events: [OrderEvent] = []
    /// The hub's sequence at the moment of the collect: it handed out everything up to this sequence, and nothing
    /// after it.
    public var sequence: UInt64 = 0

    public init() {}

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
    }
}
