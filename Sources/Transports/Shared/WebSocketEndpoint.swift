public import LWS

/// Handles the connections of a WebSocket transport, on a loop of the shared server.
public protocol WebSocketEndpoint: Sendable {
    /// The subprotocol of its WebSockets, where their peers offer it; nil for none.
    var subprotocol: String? { get }
    /// Whether a WebSocket may be opened at a path.
    func serves(_ path: [Substring]) -> Bool
    /// Whether a request may open a WebSocket. A rejection with a status is answered before the upgrade.
    func admit(_ request: Exchange, on loop: ServerLoop) -> UpgradeVerdict
    func opened(_ token: Int, _ socket: StreamSocket, on loop: ServerLoop)
    func received(_ token: Int, _ part: MessagePart, on loop: ServerLoop) -> MessageOutcome
}
