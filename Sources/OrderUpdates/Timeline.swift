/// The bounded history of one order, and which loops follow it.
///
/// Offsets count from 1 in one epoch. The newest events are in a ring that grows up to the history's limit. A reader
/// whose next event has left the ring has lost its position.
struct Timeline: Sendable {
    /// A loop's interest in the order.
    struct Interest: Sendable {
        /// The loop's index in the hub.
        let loop: Int
        let token: Int
        /// The offset up to which the loop has collected.
        var collectedThrough: UInt64
        /// Whether the order is in the loop's list of dirty orders.
        var isDirty = false
    }

    /// The order's neighbours in the list of quiet orders (see `EvictionList`).
    struct QuietLink: Sendable {
        let since: Int64
        var older: Int?
        var newer: Int?
    }

    let id: OrderID
    let owner: Subject
    let epoch: UInt64
    private(set) var status: OrderStatus
    /// The offset of the latest event that readers see; 0 before the first.
    private(set) var end: UInt64 = 0
    /// The offset and the status of the latest event that was logged. They are ahead of `end` while events are held
    /// back for the journal.
    private(set) var loggedEnd: UInt64 = 0
    private(set) var loggedStatus: OrderStatus
    /// The sequence of the last event that left the ring; 0 while the ring holds them all.
    private(set) var lostThrough: UInt64 = 0
    /// The sequence of the first event.
    private(set) var startSequence: UInt64 = 0
    /// At most one for each loop.
    var interests: [Interest] = []
    /// Set while the order is terminal and no loop watches it.
    var quietLink: QuietLink?

    private var ring: [OrderEvent] = []
    /// The index of the oldest event in the ring.
    private var oldest = 0

    init(id: OrderID, owner: Subject, epoch: UInt64, status: OrderStatus) {
        self.id = id
        self.owner = owner
        self.epoch = epoch
        self.status = status
        loggedStatus = status
    }

    /// Restores a timeline from what was stored, with as much of its history as the limit allows.
    init(_ kept: TimelineRecord, epoch: UInt64, history: Int) {
        self.init(id: kept.id, owner: kept.owner, epoch: epoch, status: kept.status)
        ring = Array(kept.events.suffix(history))
        end = ring.last!.offset
        loggedEnd = end
        startSequence = kept.firstSequence
        lostThrough = kept.events.dropLast(ring.count).last?.sequence ?? kept.lostThrough
    }

    /// Whether readers have been shown all of its events.
    var isShown: Bool { loggedEnd == end }

    /// Returns the next position, at which the caller logs an event.
    mutating func log(_ status: OrderStatus) -> StreamPosition {
        loggedEnd += 1
        loggedStatus = status
        return StreamPosition(epoch: epoch, offset: loggedEnd)
    }

    /// The number of events in the history.
    var count: Int { ring.count }

    var position: StreamPosition { StreamPosition(epoch: epoch, offset: end) }

    /// The difference between its epoch and the hub's.
    func number(in hub: UInt64) -> UInt64 { epoch &- hub }

    /// The offset before the oldest event in the history: the earliest position that a reader can continue from.
    private var start: UInt64 { end - UInt64(ring.count) }

    var latestSequence: UInt64 { latest.sequence }

    /// The latest event. There is always one, since the order's creation logged the first.
    private var latest: OrderEvent { ring[oldest == 0 ? ring.count - 1 : oldest - 1] }

    /// Shows the next event to readers, and leaves in `displaced` the bytes of the event that left the ring, so that
    /// the caller frees them outside the lock.
    ///
    /// - Returns: the sequence of the event that left the ring before that one; 0 where there is none. It is not
    /// needed any more, because the last event that left tells what was lost.
    mutating func append(
        _ event: OrderEvent, _ status: OrderStatus, history: Int, _ displaced: inout [UInt8]
    ) -> UInt64 {
        end += 1
        self.status = status
        guard ring.count == history else {
            if ring.isEmpty { startSequence = event.sequence }
            ring.append(event)
            return 0
        }
        let forgotten = lostThrough
        lostThrough = ring[oldest].sequence
        displaced = ring[oldest].json
        ring[oldest] = event
        oldest = oldest + 1 == history ? 0 : oldest + 1
        return forgotten
    }

    /// The events of the history, in the order of the ring.
    var events: [OrderEvent] { ring }

    func snapshot() -> OrderSnapshot {
        let latest = latest
        return OrderSnapshot(
            id: id, owner: owner, status: status, position: position, sequence: latest.sequence, json: latest.json)
    }

    /// The events after `position`, at most `limit` of them; nil where the position is lost.
    func events(after position: StreamPosition, limit: Int) -> [OrderEvent]? {
        guard position.epoch == epoch, position.offset >= start, position.offset <= end else { return nil }
        let available = Int(end - position.offset)
        var events: [OrderEvent] = []
        events.reserveCapacity(min(available, limit))
        append(min(available, limit), after: position.offset, to: &events)
        return events
    }

    /// Appends the events after `sequence`, up to and including the first one that exceeds `limit` and lies after
    /// `covered`. That one shows that the read was cut.
    func append(afterSequence sequence: UInt64, limit: Int, covered: UInt64, to entries: inout [MergedRead.Entry]) {
        var taken = 0
        for offset in firstOffset(afterSequence: sequence)..<(end + 1) {
            let event = ring[index(of: offset)]
            entries.append(MergedRead.Entry(id: id, epoch: epoch, event: event))
            taken += 1
            if taken > limit && event.sequence > covered { return }
        }
    }

    /// Hands the loop what it has not collected yet.
    mutating func collect(_ loop: Int, into collected: inout Collected) {
        // A loop that stopped watching leaves its entry in the list of dirty orders. Then there is nothing to do.
        guard let interest = interests.firstIndex(where: { $0.loop == loop }), interests[interest].isDirty else {
            return
        }
        let after = max(interests[interest].collectedThrough, start)
        let first = collected.events.count
        append(Int(end - after), after: after, to: &collected.events)
        collected.entries.append(
            Collected.Entry(
                token: interests[interest].token, epoch: epoch, events: first..<collected.events.count))
        interests[interest].collectedThrough = end
        interests[interest].isDirty = false
    }

    private func index(of offset: UInt64) -> Int {
        let index = oldest + Int(offset - start) - 1
        return index < ring.count ? index : index - ring.count
    }

    /// Appends the `count` events after `offset`. In the ring they are at most two runs.
    private func append(_ count: Int, after offset: UInt64, to events: inout [OrderEvent]) {
        guard count > 0 else { return }
        let first = index(of: offset + 1)
        let run = min(count, ring.count - first)
        events.append(contentsOf: ring[first..<first + run])
        if run < count { events.append(contentsOf: ring[..<(count - run)]) }
    }

    /// The offset of the oldest event in the history whose sequence is higher than `sequence`; one past the end where
    /// there is none.
    private func firstOffset(afterSequence sequence: UInt64) -> UInt64 {
        var low = start + 1
        var high = end + 1
        while low < high {
            let middle = low + (high - low) / 2
            if ring[index(of: middle)].sequence > sequence { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
