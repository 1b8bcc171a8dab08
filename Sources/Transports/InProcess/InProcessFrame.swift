import OrderUpdates
import TransportCore

/// A message from a server to a client on one connection. The payload's bytes are those of the hub, shared and not
/// copied.
enum InProcessFrame: Sendable {
    case opened
    case update(StreamPosition, [UInt8])
    /// The position is nil where a reader must not resume from here, because further snapshots belong to the same
    /// position.
    case snapshot(StreamPosition?, [UInt8])
    case positionLost(OrderID)
    case heartbeat
    case commandResult(id: String, accepted: Bool, message: String)

    /// The bytes that the frame counts for `ServerConfiguration.Limits.pendingBytes`: about those of a frame on a
    /// wire.
    var cost: Int {
        let envelope = 64
        return switch self {
        case .update(_, let json), .snapshot(_, let json): envelope + json.count
        case .commandResult(let id, _, let message): envelope + id.utf8.count + message.utf8.count
        case .opened, .positionLost, .heartbeat: envelope
        }
    }

    /// Calls a handler with the frame's event.
    func deliver(to handler: any ConnectionHandler, _ connection: ConnectionID) {
        switch self {
        case .opened:
            handler.connection(connection, .opened)
        case .update(let position, let json):
            json.withUnsafeBytes { handler.connection(connection, .update(position: position, payload: $0)) }
        case .snapshot(let position, let json):
            json.withUnsafeBytes { handler.connection(connection, .snapshot(position: position, payload: $0)) }
        case .positionLost(let order):
            handler.connection(connection, .positionLost(order: order))
        case .heartbeat:
            handler.connection(connection, .heartbeat)
        case .commandResult(let id, let accepted, let message):
            handler.connection(connection, .commandResult(id: id, accepted: accepted, message: message))
        }
    }
}
