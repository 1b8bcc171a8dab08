import Catalog
import ExperimentRunner
import NetworkPaths
import OrderUpdates
import Testing
import TransportCore
import Transports

/// Servers behind a real proxy, and clients of every transport before it.
final class Stage: Sendable {
    let hub: OrderEventHub
    let order: OrderID
    let endpoint: Endpoint
    let servers: [Node]
    private let clients: [TransportName: any TransportClient]

    /// A server on a port of its own, which it comes back to.
    actor Node {
        private let service: OrderService
        private var configuration = ServerConfiguration()
        private var running: (any RunningServer)?
        nonisolated let port: Int

        init(_ service: OrderService, heartbeat: Duration?) async throws {
            self.service = service
            if let heartbeat {
                configuration.heartbeat = .init(kind: .control, interval: heartbeat)
            } else {
                configuration.heartbeat.kind = .off
            }
            let server = try Self.start(service, configuration)
            port = server.endpoint.port
            configuration.port = port
            running = server
        }

        private static func start(
            _ service: OrderService, _ configuration: ServerConfiguration
        ) throws -> any RunningServer {
            try SocketServer(service, configuration, transports: Catalog.socketTransports)
        }

        var statistics: ServerStatistics { running?.statistics ?? ServerStatistics() }

        func stop() async {
            await running?.stop()
            running = nil
        }

        func restart() async throws { running = try Self.start(service, configuration) }
    }

    /// - Parameter edit: changes the path's configuration.
    static func with(
        _ path: some NetworkPath, nodes: Int = 1, heartbeat: Duration? = nil,
        edit: (PathConfiguration) -> PathConfiguration = { $0 }, _ body: (Stage) async throws -> Void
    ) async throws {
        let hub = OrderEventHub()
        let service = OrderService(hub: hub, auth: NoAuthentication())
        let order = try #require(OrderID("order"))
        try hub.create(order, owner: "anonymous", status: .activating)
        var servers: [Node] = []
        for _ in 0..<nodes { servers.append(try await Node(service, heartbeat: heartbeat)) }
        var clients: [TransportName: any TransportClient] = [:]
        for transport in Catalog.transports where transport.server is any SocketTransport {
            clients[transport.name] = try await transport.client.makeClient(ClientConfiguration())
        }
        let folder = try #require(FilePlace.makeFolder())
        let targets = servers.map { PathEndpoint(host: "127.0.0.1", port: $0.port) }
        let made = (servers, clients)
        let result: Result<Void, any Error>
        do {
            if let program = path.program {
                try await RunningPath.run(program, folder: folder) { ports in
                    edit(path.configuration(PathPlace(port: ports[0], targets: targets, folder: folder)))
                } body: { path, _ in
                    try await body(Stage(hub, order, path.endpoint, made.0, made.1))
                }
            } else {
                try await RunningPath.run(path, targets: targets, folder: folder) {
                    try await body(Stage(hub, order, $0.endpoint, made.0, made.1))
                }
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        for client in clients.values { await client.shutdown() }
        for server in servers { await server.stop() }
        FilePlace.remove(folder)
        try result.get()
    }

    private init(
        _ hub: OrderEventHub, _ order: OrderID, _ endpoint: PathEndpoint, _ servers: [Node],
        _ clients: [TransportName: any TransportClient]
    ) {
        self.hub = hub
        self.order = order
        self.endpoint = Endpoint(host: endpoint.host, port: endpoint.port)
        self.servers = servers
        self.clients = clients
    }

    func publish(_ message: String) throws {
        try hub.publish(
            OrderUpdate(
                orderID: order, status: .activating, stage: "provisioning", message: message, source: "test",
                timestamp: 1))
    }

    /// - Parameters:
    ///   - isDirect: past the proxy.
    ///   - other: through another proxy.
    func open(
        _ transport: String, isDirect: Bool = false, through other: PathEndpoint? = nil,
        headers: [(name: String, value: String)] = []
    ) throws -> Recorder {
        let endpoint =
            isDirect
            ? Endpoint(host: "127.0.0.1", port: servers[0].port)
            : other.map { Endpoint(host: $0.host, port: $0.port) } ?? self.endpoint
        var subscription = Subscription(endpoint: endpoint, orders: [order])
        subscription.pollInterval = .milliseconds(20)
        subscription.longPollWait = .seconds(20)
        subscription.headers = headers
        let recorder = Recorder()
        let client = try #require(clients[TransportName(rawValue: transport)])
        _ = client.open(subscription, handler: recorder)
        return recorder
    }

    /// Opens a connection, and waits until it has the order's state.
    func join(_ transport: String, isDirect: Bool = false) async throws -> Recorder {
        let recorder = try open(transport, isDirect: isDirect)
        try await wait("\(transport) has the state", recorder) { $0.states > 0 }
        return recorder
    }

    /// Publishes updates of which each is received before the next is published.
    func expectEveryUpdate(_ recorder: Recorder, _ what: String) async throws {
        for number in 1...5 {
            let message = "\(what)-\(number)"
            try publish(message)
            try await wait(message, recorder) { $0.messages.last == message }
        }
    }

    /// Waits for what a connection must receive.
    func wait(_ what: String, _ recorder: Recorder, _ isTrue: (Recorder.Received) -> Bool) async throws {
        for _ in 0..<6_000 {
            if isTrue(recorder.received) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Hang(description: "\(what): not within half a minute, but \(recorder.received)")
    }

    func wait(_ what: String, _ isTrue: () async -> Bool) async throws {
        for _ in 0..<6_000 {
            if await isTrue() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Hang(description: "\(what): not within half a minute")
    }

    struct Hang: Error, CustomStringConvertible {
        var description: String
    }
}
