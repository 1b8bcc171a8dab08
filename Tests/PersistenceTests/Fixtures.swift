import OrderUpdates
import Persistence

extension OrderID {
    static let a = OrderID("a")!
    static let b = OrderID("b")!
}

extension OrderEventHub {
    func progress(_ id: OrderID, _ message: String) throws {
        try publish(OrderUpdate(orderID: id, status: .activating, message: message, timestamp: 0))
    }

    /// The offsets that a read hands out; nil where the position is lost.
    func offsets(_ id: OrderID, after offset: UInt64) -> [UInt64]? {
        guard let epoch = order(id)?.position.epoch,
            case .events(let events, _) = read(id, after: StreamPosition(epoch: epoch, offset: offset))
        else { return nil }
        return events.map(\.offset)
    }

    /// All that a reader can find out, as text.
    func everything(of ids: [OrderID]) -> [String] {
        var lines = ["\(epoch) \(sequence)"]
        for id in ids {
            guard let order = order(id) else {
                lines.append("no \(id)")
                continue
            }
            lines.append("\(id) \(order.owner) \(order.status) \(order.position) \(order.sequence)")
            // From the oldest position that is there.
            var position = StreamPosition(epoch: order.position.epoch, offset: 0)
            while position.offset < order.position.offset {
                if case .events(let events, _) = read(id, after: position) {
                    lines += events.map { "\($0.offset) \($0.sequence) \(String(decoding: $0.json, as: UTF8.self))" }
                    break
                }
                position.offset += 1
            }
        }
        // What a stream of many orders has lost, from each of its positions.
        for sequence in 0...sequence {
            let merged = read(ids, afterSequence: sequence)
            lines.append(
                "after \(sequence): \(merged.entries.map(\.event.sequence)), lost \(merged.lost.map(\.id.description).sorted())"
            )
        }
        return lines
    }
}
