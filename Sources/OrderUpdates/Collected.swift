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

    /// One for each order, in the order in which they became dirty, which is not that of all their events.
    public var entries: [Entry] = []
    public var events: [OrderEvent] = []
    /// The hub's sequence at the instant of the collect: everything up to it was handed out, nothing after it.
    public var sequence: UInt64 = 0

    public init() {}

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
    }
}
