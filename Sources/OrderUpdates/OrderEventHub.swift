public import Clocks
import Synchronization

/// The core that every transport serves: the orders, their timelines, and the loops that follow them.
///
/// Loops pull. A publisher logs an event and wakes each loop that watches the order, at most once until that
/// loop collects. The hub keeps and allocates nothing for a subscriber; loops keep cursors into the events, which all
/// readers share. All methods may be called from any thread. One lock guards the state. It is held for a copy, and
/// never while an update is encoded, a loop is woken or an evicted timeline is freed.
public final class OrderEventHub: Sendable {
    /// The hub's own epoch, for the positions of streams of many orders. Their offset is `OrderEvent.sequence`.
    public let epoch: UInt64
    private let clock: any TimeSource
    /// Called between the look at an order and its watch; nil outside tests.
    private let beforeWatch: (@Sendable (OrderEventHub, OrderID) -> Void)?
    let state: Mutex<HubState>

    /// - Parameter epoch: the epoch of the hub, from which those of its timelines follow. It is random by default,
    ///   because the history of an earlier process is gone.
    public convenience init(
        configuration: Configuration = Configuration(), clock: some TimeSource = MonotonicClock(),
        epoch: UInt64 = .random(in: 0...UInt64.max)
    ) {
        self.init(configuration: configuration, clock: clock, epoch: epoch, beforeWatch: nil)
    }

    /// - Parameter beforeWatch: called on the loop's thread, outside the lock, before each watch.
    package init(
        configuration: Configuration = Configuration(), clock: some TimeSource = MonotonicClock(),
        epoch: UInt64 = .random(in: 0...UInt64.max), beforeWatch: (@Sendable (OrderEventHub, OrderID) -> Void)?
    ) {
        precondition(configuration.history > 0, "a hub keeps at least one event of each order: its state")
        self.epoch = epoch
        self.clock = clock
        self.beforeWatch = beforeWatch
        state = Mutex(HubState(configuration: configuration, clock: clock, epoch: epoch))
    }

    /// Continues where another process stopped, and lets a journal store what follows.
    ///
    /// - Parameter wakeJournal: called on the publisher's thread, outside the lock, once until the journal collects; it must
    ///   return at once.
    public init(
        _ record: HubRecord, configuration: Configuration = Configuration(), clock: some TimeSource = MonotonicClock(),
        visibility: JournalVisibility, wakeJournal: @escaping @Sendable () -> Void
    ) {
        precondition(configuration.history > 0, "a hub keeps at least one event of each order: its state")
        epoch = record.epoch
        self.clock = clock
        beforeWatch = nil
        let journal = JournalQueue(visibility: visibility, wake: wakeJournal)
        state = Mutex(HubState(configuration: configuration, clock: clock, record: record, journal: journal))
    }

    // MARK: Writing

    /// Creates an order and logs its first event.
    ///
    /// - Parameter timestamp: nanoseconds since 1970; by default now.
    /// - Returns: the order as it was created. By the time of the return it may have changed, or been evicted.
    /// - Throws: `orderExists`, `tooManyOrders` where no order can be evicted, `updateTooLarge`, and `reasonMismatch`
    ///   for an order that is created as failed.
    @discardableResult
    public func create(
        _ id: OrderID, owner: Subject, status: OrderStatus = .created, timestamp: Int64? = nil
    ) throws(OrderError) -> OrderSnapshot {
        let update = OrderUpdate(
            orderID: id, status: status, stage: "submitted", message: "The order is submitted",
            timestamp: timestamp ?? clock.unixNanoseconds)
        var json = update.encoded()
        let first = json
        return try change { (state, effects) throws(OrderError) in
            let position = try state.create(update, owner: owner, &json, &effects)
            return OrderSnapshot(
                id: id, owner: owner, status: status, position: position, sequence: state.logged, json: first)
        }
    }

    /// Logs an update of an order that exists.
    ///
    /// - Throws: `unknownOrder`, `illegalTransition`, `reasonMismatch`, `updateTooLarge`; nothing is logged in these
    ///   cases.
    @discardableResult
    public func publish(_ update: OrderUpdate) throws(OrderError) -> StreamPosition {
        var json = update.encoded()
        return try change { (state, effects) throws(OrderError) in
            try state.publish(update, &json, &effects)
        }
    }

    /// Logs several updates together, so that a loop is woken once for all of them.
    ///
    /// Each is judged by itself, in order: one that is refused does not stop the others.
    @discardableResult
    public func publish(_ updates: some Sequence<OrderUpdate>) -> [Result<StreamPosition, OrderError>] {
        var batch = updates.map { (update: $0, json: $0.encoded()) }
        return change { state, effects in state.publish(&batch, &effects) }
    }

    /// Logs the update that a command asks for.
    ///
    /// - Parameters:
    ///   - reason: why the order failed; required for `fail`, and not allowed for other commands.
    ///   - timestamp: nanoseconds since 1970; by default now.
    ///   - reaches: whether the caller may command an order of this owner. It is asked under the lock, because the
    ///     order of that name may have been replaced a moment ago.
    /// - Throws: `unknownOrder`, also where the caller may not command it; `illegalTransition` where the order's
    ///   status does not allow the command; and the errors of `publish`.
    @discardableResult
    public func perform(
        _ command: OrderCommand, on id: OrderID, reason: String? = nil, timestamp: Int64? = nil,
        ifOwner reaches: (Subject) -> Bool = { _ in true }
    ) throws(OrderError) -> StreamPosition {
        let update = command.update(of: id, reason: reason, timestamp: timestamp ?? clock.unixNanoseconds)
        var json = update.encoded()
        return try change { (state, effects) throws(OrderError) in
            guard state.owner(of: id).map(reaches) ?? true else { throw .unknownOrder(id) }
            return try state.publish(update, by: command, &json, &effects)
        }
    }

    // MARK: Reading

    /// The order's state now; nil where there is no such order.
    public func order(_ id: OrderID) -> OrderSnapshot? {
        state.withLock { $0.snapshot(id) }
    }

    /// The events that follow a position in an order's timeline, at most `limit` of them.
    ///
    /// Offset 0 in the order's epoch is the position before its first event.
    public func read(_ id: OrderID, after position: StreamPosition, limit: Int = .max) -> ReadResult {
        precondition(limit > 0, "a read takes at least one event")
        return state.withLock { $0.read(id, after: position, limit: limit) }
    }

    /// The events of several orders that follow a sequence of the hub, merged by sequence.
    ///
    /// The caller first compares the epoch of its position with the hub's. A sequence that the hub has not reached
    /// yet loses every order.
    ///
    /// - Parameter limit: the maximum number of events. More are returned only where an order's position is lost,
    ///   so that the other orders reach the sequence of its snapshot. It is never more than their histories hold.
    public func read(_ ids: [OrderID], afterSequence: UInt64, limit: Int = .max) -> MergedRead {
        precondition(limit > 0, "a read takes at least one event")
        var merged = state.withLock { $0.read(ids, afterSequence: afterSequence, limit: limit) }
        merged.arrange(limit: limit)
        return merged
    }

    /// The sequence of the latest event of all orders that readers see; 0 before the first.
    public var sequence: UInt64 { state.withLock { $0.sequence } }

    public var statistics: Statistics { state.withLock { $0.statistics } }

    // MARK: Loops

    /// Attaches an event loop, which is woken when there is something to collect.
    ///
    /// - Parameter wake: called on the publisher's thread, outside the lock, once until the loop collects; it must
    ///   return at once. A publish under way may still call it after `detachLoop` has returned.
    public func attachLoop(wake: @escaping @Sendable () -> Void) -> LoopID {
        state.withLock { $0.attach(wake: wake) }
    }

    /// Detaches a loop and all that it watches. Has no effect where it is detached already.
    ///
    /// Takes time in proportion to the number of orders in memory.
    public func detachLoop(_ loop: LoopID) {
        state.withLock { $0.detach(loop) }
    }

    /// Starts to follow an order for all its subscribers in a loop. Call it once for each order and loop.
    ///
    /// - Parameter token: the loop's own number for the order, which `collect` hands back.
    /// - Returns: the order's state at that moment; events after its position come through `collect`. Nil where there
    ///   is no such order.
    public func watch(_ id: OrderID, _ loop: LoopID, token: Int) -> OrderSnapshot? {
        beforeWatch?(self, id)
        return state.withLock { $0.watch(id, loop, token: token) }
    }

    /// Stops following an order. Has no effect where the loop does not watch it.
    public func unwatch(_ id: OrderID, _ loop: LoopID) {
        change { state, effects in state.unwatch(id, loop, &effects) }
    }

    /// Takes what is new in the orders that a loop watches, and allows the hub to wake it again.
    public func collect(_ loop: LoopID, into collected: inout Collected) {
        collected.removeAll()
        state.withLock { $0.collect(loop, into: &collected) }
    }

    /// Changes the state under the lock, then carries out the deferred effects outside it.
    func change<T: Sendable, E: Error>(
        _ body: (inout HubState, inout HubState.DeferredEffects) throws(E) -> T
    ) throws(E) -> T {
        var effects = HubState.DeferredEffects()
        defer { for wake in effects.wakes { wake() } }
        return try state.withLock { (state) throws(E) in try body(&state, &effects) }
    }
}
