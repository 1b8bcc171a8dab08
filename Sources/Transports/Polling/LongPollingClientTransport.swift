public import TransportCore

/// The client's side of `LongPollingTransport`: asks again as soon as it has an answer.
public struct LongPollingClientTransport: ClientTransport {
    public init() {}

    public var name: TransportName { .longPolling }

    public var capabilities: TransportCapabilities {
        TransportCapabilities(
            protocolVersions: [.h1, .h2], pushes: true, replays: true, carriesCommands: false, carriesManyOrders: false,
            heartbeats: []
        )
    }

    public func makeClient(_ configuration: ClientConfiguration) async throws -> any TransportClient {
        try ClientRunner(configuration, name: "poll client") { id, subscription, loop, handler, forget in
            LongPollingSession(id, subscription, configuration, loop, handler, forget: forget)
        }
    }
}
