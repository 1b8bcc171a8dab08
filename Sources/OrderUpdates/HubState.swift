import Clocks

/// What a hub holds under its lock: the orders in a slab, the loops, and the counters.
///
/// A pure state machine. Work that takes time (waking a loop, freeing an evicted timeline) goes into a
/// `DeferredEffects`, which the hub carries out once it has released the lock.
struct HubState: Sendable {
    /// What remains to be done once the lock is released.
    struct DeferredEffects {
        var wakes: [@Sendable () -> Void] = []
        var evicted: [Timeline] = []
        /// Bytes of events that left the history, to be freed outside the lock.
        var displaced: [[UInt8]] = []
    }

    private struct Loop: Sendable {
        let id: LoopID
        let wake: @Sendable () -> Void
        /// Slots of the orders with something new. Each stands here once; a slot may belong to an order that the loop
        /// has stopped watching.
        var dirty: [Int] = []
        /// Whether the loop was woken since it last collected.
        var isSignalled = false
        /// The sequence that the loop waits for readers to be shown; 0 where it waits for none.
        var awaited: UInt64 = 0
    }

    let configuration: OrderEventHub.Configuration
    let clock: any TimeSource
    var slots: [OrderID: Int] = [:]
    /// A slot is nil while it is vacant.
    var timelines: [Timeline?] = []
    var vacantSlots: [Int] = []
    var evictable = EvictionList()
    var statistics = OrderEventHub.Statistics()
    /// The sequence of the latest event that readers see; 0 before the first.
    private(set) var sequence: UInt64 = 0
    /// The sequence of the latest event that was logged. It is ahead of `sequence` while events are held back for the
    /// journal.
    private(set) var logged: UInt64 = 0
    /// The highest sequence of an event that was evicted with its order.
    var evictedThrough: UInt64 = 0
    private(set) var timelinesMade: UInt64 = 0
    /// Nil for a hub that lives in memory only.
    var journal: JournalQueue?
    let epoch: UInt64
    private var loops: [Loop?] = []
    private var nextSerial: UInt64 = 0

    init(configuration: OrderEventHub.Configuration, clock: any TimeSource, epoch: UInt64) {
        self.configuration = configuration
        self.clock = clock
        self.epoch = epoch
    }

    init(configuration: OrderEventHub.Configuration, clock: any TimeSource, record: HubRecord, journal: JournalQueue) {
        self.init(configuration: configuration, clock: clock, epoch: record.epoch)
        self.journal = journal
        sequence = record.counters.sequence
        logged = record.counters.sequence
        evictedThrough = record.counters.evictedThrough
        timelinesMade = record.counters.timelines
        timelines.reserveCapacity(record.timelines.count)
        for kept in record.timelines {
            let slot = timelines.count
            timelines.append(
                Timeline(kept, epoch: record.epoch &+ kept.number, history: configuration.history))
            let isNew = slots.updateValue(slot, forKey: kept.id) == nil
            precondition(isNew, "a record of a hub names order \(kept.id) twice")
            statistics.orders += 1
            statistics.eventsKept += timelines[slot]!.count
            updateQuiet(slot)
        }
    }

    // MARK: Writing

    mutating func create(
        _ update: OrderUpdate, owner: Subject, _ json: inout [UInt8], _ effects: inout DeferredEffects
    ) throws(OrderError) -> StreamPosition {
        evictExpired(&effects)
        let id = update.orderID
        guard slots[id] == nil else { throw .orderExists(id) }
        try validate(update, json)
        if slots.count >= configuration.maximumOrders {
            guard let slot = evictable.oldest else { throw .tooManyOrders(limit: configuration.maximumOrders) }
            evict(slot, &effects)
        }
        timelinesMade += 1
        let timeline = Timeline(id: id, owner: owner, epoch: epoch &+ timelinesMade, status: update.status)
        let slot: Int
        if let vacant = vacantSlots.popLast() {
            slot = vacant
            timelines[slot] = timeline
        } else {
            slot = timelines.count
            timelines.append(timeline)
        }
        slots[id] = slot
        statistics.orders += 1
        if journal != nil {
            queue(.created(number: timelinesMade, id, owner: owner, sequence: logged + 1), &effects)
        }
        return append(update.status, slot, &json, &effects)
    }

    func owner(of id: OrderID) -> Subject? { slots[id].flatMap { timelines[$0]?.owner } }

    /// - Parameter command: what asked for the update; it may apply to fewer statuses than the update itself.
    mutating func publish(
        _ update: OrderUpdate, by command: OrderCommand? = nil, _ json: inout [UInt8], _ effects: inout DeferredEffects
    ) throws(OrderError) -> StreamPosition {
        evictExpired(&effects)
        return try log(update, by: command, &json, &effects)
    }

    mutating func publish(
        _ batch: inout [(update: OrderUpdate, json: [UInt8])], _ effects: inout DeferredEffects
    ) -> [Result<StreamPosition, OrderError>] {
        // Evict before the first update, so that no order goes between two updates of one batch.
        evictExpired(&effects, calls: batch.count)
        return batch.indices.map { index in
            Result { () throws(OrderError) in
                try log(batch[index].update, by: nil, &batch[index].json, &effects)
            }
        }
    }

    private mutating func log(
        _ update: OrderUpdate, by command: OrderCommand?, _ json: inout [UInt8], _ effects: inout DeferredEffects
    ) throws(OrderError) -> StreamPosition {
        let id = update.orderID
        guard let slot = slots[id] else { throw .unknownOrder(id) }
        let status = timelines[slot]!.loggedStatus
        guard status.allows(update.status), command?.applies(to: status) ?? true else {
            throw .illegalTransition(id, from: status, to: update.status)
        }
        try validate(update, json)
        return append(update.status, slot, &json, &effects)
    }

    private func validate(_ update: OrderUpdate, _ json: [UInt8]) throws(OrderError) {
        let hasReason = !(update.reason ?? "").isEmpty
        guard update.status == .failed ? hasReason : update.reason == nil else {
            throw .reasonMismatch(update.orderID, update.status)
        }
        guard json.count <= configuration.maximumUpdateBytes else {
            throw .updateTooLarge(update.orderID, bytes: json.count, limit: configuration.maximumUpdateBytes)
        }
        try checkJournal(update.orderID, json)
    }

    private mutating func append(
        _ status: OrderStatus, _ slot: Int, _ json: inout [UInt8], _ effects: inout DeferredEffects
    ) -> StreamPosition {
        logged += 1
        statistics.published += 1
        let position = timelines[slot]!.log(status)
        let event = OrderEvent(offset: position.offset, sequence: logged, json: json)
        json = []
        if journal != nil {
            let change = LoggedEvent(number: position.epoch &- epoch, status: status, event: event, slot: slot)
            queue(.logged(change), bytes: event.json.count, &effects)
        }
        if journal?.visibility != .whenKept { deliver(event, status, slot, &json, &effects) }
        updateQuiet(slot)
        return position
    }

    /// Shows an event to readers, and leaves in `displaced` the bytes of the event that left the history to make
    /// room.
    mutating func deliver(
        _ event: OrderEvent, _ status: OrderStatus, _ slot: Int, _ displaced: inout [UInt8],
        _ effects: inout DeferredEffects
    ) {
        sequence = event.sequence
        statistics.eventsKept -= timelines[slot]!.count
        let forgotten = timelines[slot]!.append(event, status, history: configuration.history, &displaced)
        statistics.eventsKept += timelines[slot]!.count
        // This wakes nobody: the change goes with the next group, and a file that still has the event is trimmed when
        // it is opened.
        if journal != nil, forgotten > 0 { journal!.changes.append(.forgotten(sequence: forgotten)) }
        for interest in timelines[slot]!.interests.indices where !timelines[slot]!.interests[interest].isDirty {
            timelines[slot]!.interests[interest].isDirty = true
            let loop = timelines[slot]!.interests[interest].loop
            loops[loop]!.dirty.append(slot)
            signal(loop, &effects)
        }
    }

    private mutating func signal(_ loop: Int, _ effects: inout DeferredEffects) {
        guard !loops[loop]!.isSignalled else { return }
        loops[loop]!.isSignalled = true
        effects.wakes.append(loops[loop]!.wake)
    }

    /// Wakes the loops that wait for something to be shown.
    mutating func signalWaiting(since shown: UInt64, _ effects: inout DeferredEffects) {
        for loop in loops.indices where (loops[loop]?.awaited ?? 0) > shown { signal(loop, &effects) }
    }

    // MARK: Reading

    /// The slot of an order that readers can see. An order whose first event is held back does not exist for them
    /// yet.
    private func shownSlot(_ id: OrderID) -> Int? {
        guard let slot = slots[id], timelines[slot]!.end > 0 else { return nil }
        return slot
    }

    func snapshot(_ id: OrderID) -> OrderSnapshot? {
        shownSlot(id).map { timelines[$0]!.snapshot() }
    }

    func read(_ id: OrderID, after position: StreamPosition, limit: Int) -> ReadResult {
        guard let slot = shownSlot(id) else { return .unknown }
        guard let events = timelines[slot]!.events(after: position, limit: limit) else {
            return .positionLost(timelines[slot]!.snapshot())
        }
        return .events(events, epoch: position.epoch)
    }

    /// Copies the events that `MergedRead.arrange` will sort outside the lock.
    func read(_ ids: [OrderID], afterSequence: UInt64, limit: Int) -> MergedRead {
        var merged = MergedRead(sequence: sequence)
        var whole: [Int] = []
        var seen: Set<Int> = []
        for id in ids {
            guard let slot = shownSlot(id) else {
                merged.unknown.append(id)
                continue
            }
            guard seen.insert(slot).inserted else { continue }
            if hasLost(slot, after: afterSequence) {
                merged.lost.append(timelines[slot]!.snapshot())
            } else {
                whole.append(slot)
            }
        }
        for slot in whole {
            timelines[slot]!.append(
                afterSequence: afterSequence, limit: limit, covered: merged.snapshotSequence, to: &merged.entries)
        }
        return merged
    }

    /// Whether events of the order after a sequence are gone, or may be gone: an order of the same name that was
    /// evicted meanwhile may have had events that are no longer known.
    private func hasLost(_ slot: Int, after afterSequence: UInt64) -> Bool {
        afterSequence > sequence || timelines[slot]!.lostThrough > afterSequence
            || (timelines[slot]!.startSequence > afterSequence && evictedThrough > afterSequence)
    }

    // MARK: Loops

    mutating func attach(wake: @escaping @Sendable () -> Void) -> LoopID {
        let index = loops.firstIndex { $0 == nil } ?? loops.endIndex
        let id = LoopID(index: index, serial: nextSerial)
        nextSerial += 1
        if index == loops.endIndex { loops.append(nil) }
        loops[index] = Loop(id: id, wake: wake)
        return id
    }

    mutating func detach(_ loop: LoopID) {
        guard isAttached(loop) else { return }
        loops[loop.index] = nil
        for slot in timelines.indices where timelines[slot] != nil {
            removeInterest(of: loop, in: slot)
        }
    }

    mutating func watch(_ id: OrderID, _ loop: LoopID, token: Int) -> OrderSnapshot? {
        precondition(isAttached(loop), "a loop watches an order after it was detached from the hub")
        guard let slot = shownSlot(id) else { return nil }
        precondition(
            !timelines[slot]!.interests.contains { $0.loop == loop.index },
            "a loop watches an order twice: count its subscribers in the loop and watch once")
        let interest = Timeline.Interest(loop: loop.index, token: token, collectedThrough: timelines[slot]!.end)
        timelines[slot]!.interests.append(interest)
        updateQuiet(slot)
        return timelines[slot]!.snapshot()
    }

    mutating func unwatch(_ id: OrderID, _ loop: LoopID, _ effects: inout DeferredEffects) {
        guard isAttached(loop), let slot = slots[id] else { return }
        removeInterest(of: loop, in: slot)
        evictExpired(&effects)
    }

    mutating func collect(_ loop: LoopID, into collected: inout Collected) {
        precondition(isAttached(loop), "a loop collects after it was detached from the hub")
        collected.sequence = sequence
        loops[loop.index]!.isSignalled = false
        var dirty: [Int] = []
        swap(&dirty, &loops[loop.index]!.dirty)
        for slot in dirty where timelines[slot] != nil {
            timelines[slot]!.collect(loop.index, into: &collected)
        }
        dirty.removeAll(keepingCapacity: true)
        swap(&dirty, &loops[loop.index]!.dirty)
    }

    /// The sequence to wait for until everything logged so far is shown; nil where nothing is held back. The loop is
    /// woken then.
    mutating func awaitShown(_ loop: LoopID) -> UInt64? {
        precondition(isAttached(loop), "a loop waits for the journal after it was detached from the hub")
        guard logged > sequence else { return nil }
        loops[loop.index]!.awaited = logged
        return logged
    }

    private func isAttached(_ loop: LoopID) -> Bool { loops[loop.index]?.id == loop }

    private mutating func removeInterest(of loop: LoopID, in slot: Int) {
        guard let interest = timelines[slot]!.interests.firstIndex(where: { $0.loop == loop.index }) else { return }
        timelines[slot]!.interests.remove(at: interest)
        updateQuiet(slot)
    }
}
