public import TransportCore

/// WebSocket with the subprotocol `order-updates.v1` (RFC 6455).
public struct WebSocketTransport: SocketTransport {
    public init() {}

    public var name: TransportName { .websocket }

    public var capabilities: TransportCapabilities {
        var capabilities = TransportCapabilities(
            protocolVersions: [.h1], pushes: true, replays: true, carriesCommands: true, carriesManyOrders: true,
            heartbeats: [.control, .visible, .off],
            limitations: [
                .init(
                    "h2",
                    because:
                        "the server of libwebsockets 4.1 cannot keep to the flow control of an HTTP/2 stream that carries "
                        + "a WebSocket (RFC 8441), so it is not offered; a browser opens an HTTP/1.1 connection for it"),
                .init(
                    "native WebSocket with a bearer header",
                    because: "the WebSocket interface takes no header fields (WHATWG WebSockets, section 3.1)"),
            ])
        capabilities.compressesMessages = true
        return capabilities
    }

    public var routes: [Route] { [] }
    public var webSockets: (any WebSocketEndpoint)? { OrderSocketEndpoint() }
}
