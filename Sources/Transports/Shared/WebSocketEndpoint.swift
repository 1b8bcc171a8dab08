public import LWS

/// What a WebSocket transport does with its connections, on a loop of the shared server.
public protocol WebSocketEndpoint: Sendable {
    /// What its WebSockets speak, where their peers offer it; nil for nothing that has a name.
    var subprotocol: String? { get }
    /// Whether a WebSocket may be opened at a path.
    func serves(_ path: [Substring]) -> Bool
    /// Whether a request may become a WebSocket: what has a status is refused with it, before the upgrade.
    func admit(_ request: Exchange, on loop: ServerLoop) -> UpgradeVerdict
    func opened(_ token: Int, _ socket: StreamSocket, on loop: ServerLoop)
    func received(_ token: Int, _ part: MessagePart, on loop: ServerLoop) -> MessageOutcome
}
