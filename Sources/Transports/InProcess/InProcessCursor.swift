import OrderUpdates
import TransportCore

/// A subscriber's position in the orders that it follows, and the next read from there.
///
/// Replay and live delivery are the same read. A stream of one order has the order's positions; a stream of several
/// orders has the hub's, so that one position resumes them all.
struct InProcessCursor: Sendable {
    enum Place: Hashable, Sendable {
        /// Before the first snapshot.
        case start
        case order(StreamPosition)
        /// Everything in the hub up to this sequence is covered.
        case stream(sequence: UInt64)
        /// The position that was asked for does not belong to the hub.
        case lost
    }

    /// The result of a read. Each frame, or group of frames, moves the cursor only once it was taken.
    enum Step {
        case nothing
        case updates([(frame: InProcessFrame, place: Place)])
        case snapshots([InProcessFrame], place: Place)
        /// As `snapshots`, after the position was lost.
        case loss([InProcessFrame], place: Place)
        /// The order was evicted.
        case gone(OrderID)
    }

    let orders: [OrderID]
    private let hub: OrderEventHub
    var place: Place

    /// - Parameter orders: not empty, without repetition.
    init(_ orders: [OrderID], after position: StreamPosition?, in hub: OrderEventHub) {
        self.orders = orders
        self.hub = hub
        place =
            switch position {
            case nil: .start
            case .some(let position) where orders.count == 1: .order(position)
            case .some(let position) where position.epoch == hub.epoch: .stream(sequence: position.offset)
            case .some: .lost
            }
    }

    /// Reads the next updates, at most `limit`.
    func next(limit: Int) -> Step {
        switch place {
        case .start:
            if orders.count > 1 { return snapshots(isLoss: false) }
            guard let order = hub.order(orders[0]) else { return .gone(orders[0]) }
            return .snapshots([.snapshot(order.position, order.json)], place: .order(order.position))
        case .order(let position):
            return updates(after: position, limit: limit)
        case .stream(let sequence):
            return updates(after: sequence, limit: limit)
        case .lost:
            return snapshots(isLoss: true)
        }
    }

    private func updates(after position: StreamPosition, limit: Int) -> Step {
        switch hub.read(orders[0], after: position, limit: limit) {
        case .events(let events, let epoch):
            return events.isEmpty
                ? .nothing
                : .updates(
                    events.map { event in
                        let position = StreamPosition(epoch: epoch, offset: event.offset)
                        return (.update(position, event.json), .order(position))
                    })
        case .positionLost(let order):
            return .loss(
                [.positionLost(order.id), .snapshot(order.position, order.json)], place: .order(order.position))
        case .unknown:
            return .gone(orders[0])
        }
    }

    private func updates(after sequence: UInt64, limit: Int) -> Step {
        let read = hub.read(orders, afterSequence: sequence, limit: limit)
        if let unknown = read.unknown.first { return .gone(unknown) }
        // One position stands for all orders, so it is lost for all. If only some orders were reported, a reader that
        // leaves between their snapshots and the others' updates would have no position to resume from without loss
        // or repetition.
        guard read.lost.isEmpty else { return snapshots(isLoss: true) }
        guard !read.entries.isEmpty else { return .nothing }
        return .updates(
            read.entries.map { entry in
                let sequence = entry.event.sequence
                return (
                    .update(StreamPosition(epoch: hub.epoch, offset: sequence), entry.event.json),
                    .stream(sequence: sequence)
                )
            })
    }

    /// The state of every order at one moment. Only the last snapshot has the position, because only with it the
    /// reader has everything that the position covers.
    private func snapshots(isLoss: Bool) -> Step {
        // No hub reaches this sequence, so the answer has a snapshot for every order.
        let read = hub.read(orders, afterSequence: .max)
        if let unknown = read.unknown.first { return .gone(unknown) }
        let position = StreamPosition(epoch: hub.epoch, offset: read.sequence)
        var frames: [InProcessFrame] = []
        for (index, order) in read.lost.enumerated() {
            if isLoss { frames.append(.positionLost(order.id)) }
            frames.append(.snapshot(index == read.lost.count - 1 ? position : nil, order.json))
        }
        let place = Place.stream(sequence: read.sequence)
        return isLoss ? .loss(frames, place: place) : .snapshots(frames, place: place)
    }
}
