import OrderUpdates
import TransportCore

/// An event of a connection, with a copy of its payload.
enum Received: Sendable, Equatable, CustomStringConvertible {
    case connected
    case opened
    case update(StreamPosition?, [UInt8])
    case snapshot(StreamPosition?, [UInt8])
    case positionLost(OrderID?)
    case heartbeat
    case retry(milliseconds: Int)
    case commandResult(id: String, accepted: Bool, message: String)
    case unchanged
    case closed(ClosedCause)

    init(_ event: borrowing ConnectionEvent) {
        switch copy event {
        case .connected: self = .connected
        case .opened: self = .opened
        case .update(let position, let payload): self = .update(position, [UInt8](payload))
        case .snapshot(let position, let payload): self = .snapshot(position, [UInt8](payload))
        case .positionLost(let order): self = .positionLost(order)
        case .heartbeat: self = .heartbeat
        case .retry(let milliseconds): self = .retry(milliseconds: milliseconds)
        case .commandResult(let id, let accepted, let message):
            self = .commandResult(id: id, accepted: accepted, message: message)
        case .unchanged: self = .unchanged
        case .closed(let cause): self = .closed(cause)
        }
    }

    var payload: [UInt8]? {
        switch self {
        case .update(_, let payload), .snapshot(_, let payload): payload
        default: nil
        }
    }

    var position: StreamPosition? {
        switch self {
        case .update(let position, _), .snapshot(let position, _): position
        default: nil
        }
    }

    var isUpdate: Bool { if case .update = self { true } else { false } }
    var isSnapshot: Bool { if case .snapshot = self { true } else { false } }
    var isPositionLost: Bool { if case .positionLost = self { true } else { false } }

    var description: String {
        func text(_ payload: [UInt8]) -> String { String(decoding: payload.prefix(400), as: UTF8.self) }
        return switch self {
        case .connected: "connected"
        case .opened: "opened"
        case .update(let position, let payload): "update \(position.map(\.description) ?? "-") \(text(payload))"
        case .snapshot(let position, let payload): "snapshot \(position.map(\.description) ?? "-") \(text(payload))"
        case .positionLost(let order): "position lost \(order.map(\.description) ?? "")"
        case .heartbeat: "heartbeat"
        case .retry(let milliseconds): "retry after \(milliseconds) ms"
        case .commandResult(let id, let accepted, let message): "command \(id) \(accepted) \(message)"
        case .unchanged: "unchanged"
        case .closed(let cause): "closed \(cause)"
        }
    }
}

extension OrderID {
    /// The order that a payload tells of: the first member of the update's JSON (DESIGN 4's order of fields).
    init?(payload: [UInt8]) {
        let prefix = Array(#"{"orderId":""#.utf8)
        guard payload.starts(with: prefix) else { return nil }
        let rest = payload.dropFirst(prefix.count).prefix { $0 != UInt8(ascii: "\"") }
        self.init(String(decoding: rest, as: UTF8.self))
    }
}
