import OrderUpdates

/// Checks what one subscriber received, over all its connections, against all that was published:
/// in order, gap-free, duplicate-free, or exactly one explicit `position lost` followed by a snapshot (DESIGN 3).
struct Ledger {
    private let log: PublishedLog
    private let orders: [OrderID]
    private let hubEpoch: UInt64
    /// Events that the hub keeps for each order.
    private let history: Int
    /// The offset up to which each order was received, from its first snapshot on.
    private var reached: [OrderID: UInt64] = [:]
    /// The last position received: where the server continues from.
    private var cursor: StreamPosition?
    /// Orders whose position was lost, and whose snapshot is due.
    private var due: Set<OrderID> = []
    /// Whether each loss of the run under way was one: that what followed had left the history.
    private var losses: [Bool] = []
    private(set) var violations: [String] = []

    init(_ log: PublishedLog, orders: [OrderID], hubEpoch: UInt64, history: Int) {
        self.log = log
        self.orders = orders
        self.hubEpoch = hubEpoch
        self.history = history
    }

    /// Takes what one connection received, which began fresh, or after positions that an earlier one received: one of the
    /// stream, or one for each of some orders.
    mutating func receive(
        _ events: [Received], after position: StreamPosition?, positions: [OrderID: StreamPosition] = [:]
    ) {
        due = []
        losses = []
        cursor = position
        if position == nil { reached = reached.filter { positions[$0.key] != nil } }
        for (index, event) in events.enumerated() {
            let count = violations.count
            receive(event)
            if violations.count > count { violations[count] += " (event \(index))" }
        }
        // A connection that ends within the losses of many orders may have told only those that another took along.
        if orders.count == 1, due.isEmpty { resolveLosses() }
    }

    private mutating func receive(_ event: Received) {
        switch event {
        case .update(let position, let json): receiveUpdate(position, json)
        case .snapshot(let position, let json): receiveSnapshot(position, json)
        case .positionLost(let order): receiveLoss(order)
        default: break
        }
        if let position = event.position { cursor = position }
    }

    private mutating func receiveUpdate(_ position: StreamPosition?, _ json: [UInt8]) {
        resolveLosses()
        guard let entry = identify(json, position) else { return }
        let order = entry.order
        if due.contains(order) {
            violations.append("\(order): update \(entry.offset) between a lost position and its snapshot")
        } else if let reached = reached[order], entry.offset != reached + 1 {
            violations.append("\(order): update \(entry.offset) after \(reached)")
        } else if reached[order] == nil {
            violations.append("\(order): update \(entry.offset) before any snapshot")
        }
        reached[order] = entry.offset
    }

    private mutating func receiveSnapshot(_ position: StreamPosition?, _ json: [UInt8]) {
        guard let entry = identify(json, position) else { return }
        let order = entry.order
        if due.remove(order) != nil {
            losses.append(isGone(before: entry))
        } else if reached[order] != nil {
            violations.append("\(order): a snapshot that no lost position announced")
        }
        if let reached = reached[order], entry.offset < reached {
            violations.append("\(order): a snapshot of \(entry.offset) after \(reached)")
        }
        reached[order] = entry.offset
    }

    private mutating func receiveLoss(_ order: OrderID?) {
        guard let order = order ?? (orders.count == 1 ? orders[0] : nil), orders.contains(order) else {
            violations.append("a lost position of no order that was asked for")
            return
        }
        if !due.insert(order).inserted { violations.append("\(order): position lost twice for one loss") }
    }

    /// A stream of many orders may lose its one position for all of them, but not where nothing was gone.
    private mutating func resolveLosses() {
        if !losses.isEmpty, !losses.contains(true) {
            violations.append("position lost though the history held what followed")
        }
        losses = []
    }

    private func isGone(before snapshot: PublishedLog.Entry) -> Bool {
        if orders.count > 1, let cursor, cursor.epoch == hubEpoch {
            return log.count(of: snapshot.order, afterSequence: cursor.offset, upTo: snapshot.offset) > history
        }
        guard let reached = reached[snapshot.order], reached <= snapshot.offset else { return false }
        return snapshot.offset - reached > UInt64(history)
    }

    private mutating func identify(_ json: [UInt8], _ position: StreamPosition?) -> PublishedLog.Entry? {
        guard let entry = log.entry(json), orders.contains(entry.order) else {
            violations.append(
                "bytes that were not published for it: \(String(decoding: json.prefix(300), as: UTF8.self))")
            return nil
        }
        // The order's own position; on a stream of many the stream's, which a resume proves, or none.
        let isOrders = position == log.epoch(of: entry.order).map { StreamPosition(epoch: $0, offset: entry.offset) }
        let isStreams = orders.count > 1 && (position.map { $0.epoch == hubEpoch } ?? true)
        if !isOrders && !isStreams {
            violations.append(
                "\(entry.order): update \(entry.offset) at position \(position.map(\.description) ?? "none")")
        }
        return entry
    }
}
