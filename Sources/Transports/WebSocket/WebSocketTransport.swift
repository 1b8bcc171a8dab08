public import TransportCore

/// WebSocket with the subprotocol `order-updates.v1` (RFC 6455; over HTTP/2, RFC 8441).
public struct WebSocketTransport: SocketTransport {
    public init() {}

    public var name: TransportName { .websocket }

    public var capabilities: TransportCapabilities {
        TransportCapabilities(
            protocolVersions: [.h1], pushes: true, replays: true, carriesCommands: true, carriesManyOrders: true,
            heartbeats: [.control, .visible, .off],
            limitations: [
                .init(
                    "h2",
                    because:
                        "RFC 8441 is served, but libwebsockets 4.1 has no client role for it, so there is nothing to "
                        + "measure it with; a refusal over HTTP/2 resets the stream without a status"),
                .init(
                    "native WebSocket with a bearer header",
                    because: "the WebSocket interface takes no header fields (WHATWG WebSockets, section 3.1)"),
            ])
    }

    public var routes: [Route] { [] }
    public var webSockets: (any WebSocketEndpoint)? { OrderSocketEndpoint() }
}
