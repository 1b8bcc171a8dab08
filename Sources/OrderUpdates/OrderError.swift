/// Why the core refuses a request. Each case is the caller's mistake, so it is a value and not a trap.
public enum OrderError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownOrder(OrderID)
    case orderExists(OrderID)
    case illegalTransition(OrderID, from: OrderStatus, to: OrderStatus)
    /// A failed update without a reason, or a reason on an update that did not fail.
    case reasonMismatch(OrderID, OrderStatus)
    /// The encoded update is larger than the limit. Both are in bytes.
    case updateTooLarge(OrderID, bytes: Int, limit: Int)
    /// The hub holds the maximum number of orders, and can evict none.
    case tooManyOrders(limit: Int)
    /// More bytes wait for the journal than the limit allows.
    case journalBehind(OrderID, limit: Int)
    /// The journal can store nothing more. The process has to be restarted.
    case journalFailed(OrderID)

    public var description: String {
        switch self {
        case .unknownOrder(let id): "there is no order \(id)"
        case .orderExists(let id): "order \(id) exists already"
        case .illegalTransition(let id, let from, let to):
            "order \(id) is \(from.rawValue) and cannot become \(to.rawValue)"
        case .reasonMismatch(let id, .failed): "order \(id): a failed update needs a reason"
        case .reasonMismatch(let id, let status): "order \(id): an update to \(status.rawValue) carries no reason"
        case .updateTooLarge(let id, let bytes, let limit):
            "order \(id): the update has \(bytes) bytes, the limit is \(limit)"
        case .tooManyOrders(let limit): "the limit of \(limit) orders is reached"
        case .journalBehind(let id, let limit):
            "order \(id): \(limit) bytes wait to be stored already; publish more slowly"
        case .journalFailed(let id): "order \(id): nothing can be stored any more; see the server's log"
        }
    }
}
