import Clocks
import OrderUpdates
import Synchronization

extension OrderID {
    static let a = OrderID("a")!
    static let b = OrderID("b")!
    static let c = OrderID("c")!

    /// One of many.
    static func numbered(_ number: Int) -> OrderID { OrderID("order-\(number)")! }
}

extension OrderUpdate {
    /// An update that an order in any status but `Activated` can take: progress, told apart by its message.
    static func progress(_ id: OrderID, _ message: String = "", _ status: OrderStatus = .created) -> OrderUpdate {
        OrderUpdate(orderID: id, status: status, message: message, timestamp: 0)
    }
}

extension OrderEventHub {
    /// Leads a new order to a status by the shortest way.
    func create(_ id: OrderID, reaching status: OrderStatus) throws {
        try create(id, owner: "ada", timestamp: 0)
        let way: [OrderCommand] =
            switch status {
            case .created: []
            case .approved: [.approve]
            case .activating: [.approve, .activate]
            case .activated: [.approve, .activate, .complete]
            case .failed: [.fail]
            }
        for command in way {
            try perform(command, on: id, reason: command == .fail ? "no port" : nil, timestamp: 0)
        }
    }

    /// The offsets that a read hands out; nil where it hands out none.
    func offsets(_ id: OrderID, after offset: UInt64, limit: Int = .max) -> [UInt64]? {
        guard let epoch = order(id)?.position.epoch,
            case .events(let events, epoch) = read(
                id, after: StreamPosition(epoch: epoch, offset: offset), limit: limit)
        else { return nil }
        return events.map(\.offset)
    }
}

/// Counts calls from any thread.
final class Counter: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func increment() { count.wrappingAdd(1, ordering: .sequentiallyConsistent) }
}
