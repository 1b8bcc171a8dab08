import OrderUpdates
public import TransportCore

/// The client's side of `SSETransport`, or of any server of event streams. Commands are sent as POST requests beside
/// the stream.
public struct SSEClientTransport: ClientTransport {
    public init() {}

    public var name: TransportName { .sse }

    public var capabilities: TransportCapabilities {
        TransportCapabilities(
            protocolVersions: [.h1, .h2], pushes: true, replays: true, carriesCommands: false, carriesManyOrders: true,
            heartbeats: [.control, .visible, .off],
            limitations: [
                .init(
                    "a reader that stops at once over HTTP/2",
                    because: "what the server has credit for still comes in: 256 KiB at most")
            ]
        )
    }

    public func makeClient(_ configuration: ClientConfiguration) async throws -> any TransportClient {
        try ClientRunner(configuration, name: "sse client") { id, subscription, loop, handler, forget in
            EventStreamSession(id, subscription, configuration, loop, handler, forget: forget)
        }
    }
}
