public import TransportCore

/// The client's side of `InProcessTransport`. It finds a running server of this process by its endpoint.
public struct InProcessClientTransport: ClientTransport {
    private let network: InProcessNetwork

    public init(network: InProcessNetwork = .shared) {
        self.network = network
    }

    public var name: TransportName { .inProcess }
    public var capabilities: TransportCapabilities { InProcessTransport.capabilities }

    public func makeClient(_ configuration: ClientConfiguration) async throws -> any TransportClient {
        InProcessClient(network)
    }
}
