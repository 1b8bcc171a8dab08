public import TransportCore

/// The client's side of `PollingTransport`. It asks at an interval, and the entity tag tells whether there is news.
public struct PollingClientTransport: ClientTransport {
    public init() {}

    public var name: TransportName { .polling }

    public var capabilities: TransportCapabilities {
        TransportCapabilities(
            protocolVersions: [.h1, .h2], pushes: false, replays: false, carriesCommands: false,
            carriesManyOrders: false,
            heartbeats: []
        )
    }

    public func makeClient(_ configuration: ClientConfiguration) async throws -> any TransportClient {
        try ClientRunner(configuration, name: "poll client") { id, subscription, loop, handler, forget in
            PollingSession(id, subscription, configuration, loop, handler, forget: forget)
        }
    }
}
