public import TransportCore

/// The client's side of `WebSocketTransport`, or of any server of WebSockets that pushes.
public struct WebSocketClientTransport: ClientTransport {
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
                        "the client opens no WebSocket in a stream of HTTP/2 (RFC 8441), as the server does not offer any"
                )
            ])
        capabilities.compressesMessages = true
        return capabilities
    }

    public func makeClient(_ configuration: ClientConfiguration) async throws -> any TransportClient {
        try ClientRunner(configuration, name: "ws client") { id, subscription, loop, handler, forget in
            WebSocketSession(id, subscription, configuration, loop, handler, forget: forget)
        }
    }
}
