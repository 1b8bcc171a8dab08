import Synchronization
import TransportCore

/// The in-process servers by their endpoints. It stands for the ports of a machine.
public final class InProcessNetwork: Sendable {
    /// The network of this process, which transports use by default.
    public static let shared = InProcessNetwork()

    /// Protected by `state`.
    private struct State: Sendable {
        var servers: [Endpoint: InProcessServer] = [:]
        var named = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// A new endpoint for this network.
    func makeEndpoint() -> Endpoint {
        state.withLock { state in
            state.named += 1
            return Endpoint(host: "in-process-\(state.named)", port: 0)
        }
    }

    func register(_ server: InProcessServer) {
        state.withLock { $0.servers[server.endpoint] = server }
    }

    func remove(_ endpoint: Endpoint) {
        state.withLock { $0.servers[endpoint] = nil }
    }

    func server(at endpoint: Endpoint) -> InProcessServer? {
        state.withLock { $0.servers[endpoint] }
    }
}
