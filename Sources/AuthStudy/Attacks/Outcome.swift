import TransportCore

/// What a server answered.
enum Outcome: Hashable, CustomStringConvertible {
    /// The order's state, so the request was let in.
    case delivered
    /// A status, and nothing of an order.
    case status(Int)
    /// An `error` with a status, over a WebSocket that stays open.
    case message(Int)
    /// A `command.result`, over a WebSocket that stays open.
    case command(isAccepted: Bool)
    /// A close frame, or SSE's last event.
    case close(UInt16, String)
    /// The connection ended without a status.
    case ended
    /// HTTP/2 ended the stream with an error.
    case reset
    /// Nothing came before the deadline.
    case silence
    /// Something that must never come back, whatever else does.
    case breach(String)

    static func close(_ reason: CloseReason) -> Self { .close(reason.code, reason.name) }

    var description: String {
        switch self {
        case .delivered: "the order"
        case .status(let status): "\(status)"
        case .message(let status): "error \(status)"
        case .command(let isAccepted): isAccepted ? "command accepted" : "command not accepted"
        case .close(let code, let reason): reason.isEmpty ? "close \(code)" : "close \(code) \(reason)"
        case .ended: "connection closed"
        case .reset: "stream reset"
        case .silence: "nothing in time"
        case .breach(let what): what
        }
    }
}
