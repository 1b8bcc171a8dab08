import OrderUpdates

/// What one reader has been shown of one order, which must be in order, gap-free and duplicate-free, but for explicit
/// losses that each come with one snapshot.
struct Transcript {
    let id: OrderID
    private(set) var position: StreamPosition

    init(_ id: OrderID, from position: StreamPosition) {
        self.id = id
        self.position = position
    }

    mutating func saw(_ event: OrderEvent, epoch: UInt64, _ log: NaiveLog) throws(Violation) {
        try require(
            epoch == position.epoch && event.offset == position.offset + 1,
            "order \(id) at \(position) was shown \(StreamPosition(epoch: epoch, offset: event.offset))")
        let logged = log.events(of: epoch).first { $0.offset == event.offset }
        try require(
            logged?.id == id && logged?.sequence == event.sequence && logged?.json == event.json,
            "order \(id) was shown another event than was logged at \(event.offset)")
        position.offset = event.offset
    }

    mutating func lost(_ snapshot: OrderSnapshot, _ log: NaiveLog) throws(Violation) {
        let next = log.kept(of: position.epoch).first { $0.offset == position.offset + 1 }
        let end = log.events(of: position.epoch).count
        let isCurrent = log.order(id)?.epoch == position.epoch
        try require(
            !isCurrent || (next == nil && position.offset != end),
            "order \(id) lost position \(position), which can be read on from")
        try snapshot.check(against: log, id)
        position = snapshot.position
    }

    /// A reader that comes back with a position that it never had.
    mutating func forge(_ position: StreamPosition) { self.position = position }
}

extension OrderSnapshot {
    /// A snapshot shows the latest event, whenever it is taken.
    func check(against log: NaiveLog, _ id: OrderID) throws(Violation) {
        guard let order = log.order(id), let latest = log.events(of: order.epoch).last else {
            throw Violation(description: "a snapshot of order \(id), which does not exist")
        }
        try require(
            self.id == id && status == order.status && sequence == latest.sequence && json == latest.json
                && position == StreamPosition(epoch: order.epoch, offset: latest.offset),
            "the snapshot of order \(id) at \(position) is not its state at \(latest.offset)")
    }
}
