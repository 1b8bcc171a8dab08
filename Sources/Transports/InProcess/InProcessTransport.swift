public import TransportCore

/// Delivery within one process, without a socket: the whole contract of a transport at the lowest cost.
///
/// It serves programs that embed the core, and stands in for the other transports in tests, with the same hub, auth
/// schemes, limits, backpressure and close reasons.
public struct InProcessTransport: ServerTransport {
    static let capabilities = TransportCapabilities(
        protocolVersions: [], supportsTLS: false, pushes: true, replays: true, carriesCommands: true,
        carriesManyOrders: true, heartbeats: [.control, .visible],
        limitations: [
            .init("HTTP versions", because: "updates are handed over in memory; no protocol carries them"),
            .init("TLS", because: "nothing leaves the process"),
            .init(
                "credentials but the bearer header",
                because:
                    "a subscription is no request: it has header fields, but no URL, no subprotocol, and no login beside"
            ),
        ])

    private let network: InProcessNetwork

    /// - Parameter network: the network where clients find the server.
    public init(network: InProcessNetwork = .shared) {
        self.network = network
    }

    public var name: TransportName { .inProcess }
    public var capabilities: TransportCapabilities { Self.capabilities }

    public func start(
        _ service: OrderService, _ configuration: ServerConfiguration
    ) async throws -> any RunningServer {
        guard configuration.loops > 0 else {
            throw TransportError(.invalidConfiguration, "a server needs at least one loop, not \(configuration.loops)")
        }
        guard configuration.tls == nil, !configuration.h2c else {
            throw TransportError(
                .unsupported, "the in-process transport has no TLS and no HTTP/2: leave both out of its configuration")
        }
        let server = InProcessServer(service, configuration, network)
        await server.run()
        return server
    }
}
