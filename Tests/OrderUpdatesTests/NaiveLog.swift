import OrderUpdates

/// The hub as one writes it without a care for memory: every event ever, searched from end to end.
///
/// What the hub may forget (history, evicted orders) is told here by counting, not by forgetting.
struct NaiveLog {
    struct Event {
        let id: OrderID
        let epoch: UInt64
        let offset: UInt64
        let sequence: UInt64
        let json: [UInt8]
    }

    /// One life of an order: a name may be taken again after an eviction.
    struct Order {
        let id: OrderID
        let epoch: UInt64
        var status: OrderStatus
        var watchers = 0
        /// When it became quiet (terminal and unwatched), and as the how-manieth.
        var quiet: (since: Int64, turn: Int)?
        var isEvicted = false
    }

    let history: Int
    private(set) var events: [Event] = []
    private(set) var orders: [Order] = []
    /// The highest sequence of an event of an evicted order.
    private(set) var evictedThrough: UInt64 = 0
    private var turns = 0

    init(history: Int) { self.history = history }

    var sequence: UInt64 { UInt64(events.count) }
    var live: [Order] { orders.filter { !$0.isEvicted } }

    func order(_ id: OrderID) -> Order? { orders.last { $0.id == id && !$0.isEvicted } }

    func events(of epoch: UInt64) -> [Event] { events.filter { $0.epoch == epoch } }

    /// The events of one life that the history still holds.
    func kept(of epoch: UInt64) -> ArraySlice<Event> { events(of: epoch).suffix(history) }

    mutating func create(_ id: OrderID, epoch: UInt64, status: OrderStatus, json: [UInt8], now: Int64) {
        orders.append(Order(id: id, epoch: epoch, status: status))
        append(id, status, json, now: now)
    }

    mutating func append(_ id: OrderID, _ status: OrderStatus, _ json: [UInt8], now: Int64) {
        let epoch = order(id)!.epoch
        let offset = UInt64(events(of: epoch).count + 1)
        events.append(Event(id: id, epoch: epoch, offset: offset, sequence: sequence + 1, json: json))
        update(id, now: now) { $0.status = status }
    }

    mutating func watch(_ id: OrderID, now: Int64) {
        update(id, now: now) { $0.watchers += 1 }
    }

    /// Orders that are no longer watched, all at once: which of them became quiet first is left open.
    mutating func unwatch(_ ids: some Collection<OrderID>, now: Int64) {
        let turn = turns
        for id in ids {
            update(id, now: now) { $0.watchers -= 1 }
            turns = turn
        }
        turns += 1
    }

    mutating func evict(_ epoch: UInt64) {
        orders[orders.firstIndex { $0.epoch == epoch }!].isEvicted = true
        evictedThrough = max(evictedThrough, events(of: epoch).last!.sequence)
    }

    /// Another process goes on, and nobody watches yet: what is quiet is so from now on, in the order of creation.
    mutating func restart(now: Int64) {
        for index in orders.indices where !orders[index].isEvicted && orders[index].quiet != nil {
            orders[index].quiet = (now, turns)
            turns += 1
        }
    }

    private mutating func update(_ id: OrderID, now: Int64, _ change: (inout Order) -> Void) {
        let index = orders.lastIndex { $0.id == id && !$0.isEvicted }!
        change(&orders[index])
        let isQuiet = orders[index].status.isTerminal && orders[index].watchers == 0
        if isQuiet && orders[index].quiet == nil {
            orders[index].quiet = (now, turns)
            turns += 1
        } else if !isQuiet {
            orders[index].quiet = nil
        }
    }
}

/// What a schedule found wrong.
struct Violation: Error, CustomStringConvertible {
    let description: String
}

func require(_ condition: Bool, _ violation: @autoclosure () -> String) throws(Violation) {
    if !condition { throw Violation(description: violation()) }
}
