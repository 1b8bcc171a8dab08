import LWS
import Synchronization
import TransportCore

/// The measuring client of `LineTransport`.
struct LineClientTransport: ClientTransport {
    var name: TransportName { LineTransport.name }
    var capabilities: TransportCapabilities { LineTransport.capabilities }

    func makeClient(_ configuration: ClientConfiguration) async throws -> any TransportClient {
        try LineClient(configuration, overWebSocket: false)
    }
}

/// The measuring client of `LineSocketTransport`.
struct LineSocketClientTransport: ClientTransport {
    var name: TransportName { LineSocketTransport.name }
    var capabilities: TransportCapabilities { LineSocketTransport.capabilities }

    func makeClient(_ configuration: ClientConfiguration) async throws -> any TransportClient {
        try LineClient(configuration, overWebSocket: true)
    }
}

/// One loop's connections. What other threads ask for is submitted to the loop.
private final class LineClient: TransportClient {
    private let loop: EventLoop
    private let connections: LineConnections
    private let opened = Atomic<UInt64>(0)

    init(_ configuration: ClientConfiguration, overWebSocket: Bool) throws {
        let connections = LineConnections(deadline: configuration.connectDeadline, overWebSocket: overWebSocket)
        self.connections = connections
        loop = try EventLoop(name: "line-client") { context in
            connections.client = try context.connectsToServers(
                trustedAuthorities: configuration.trustedAuthorities)
        }
    }

    func open(_ subscription: Subscription, handler: any ConnectionHandler) -> ConnectionID {
        let id = ConnectionID(rawValue: opened.add(1, ordering: .relaxed).newValue)
        // Only the loop's thread calls the handler, from now on.
        nonisolated(unsafe) let handler = handler
        loop.submit { [connections] _ in connections.open(id, subscription, handler) }
        return id
    }

    func close(_ connection: ConnectionID) {
        loop.submit { [connections] _ in connections.close(connection) }
    }

    func setReading(_ reads: Bool, _ connection: ConnectionID) {
        loop.submit { [connections] _ in connections.setReading(reads, connection) }
    }

    /// Commands do not travel on the stream: `capabilities` says so.
    func send(_ command: ClientCommand, _ connection: ConnectionID) {}

    func shutdown() async {
        loop.submit { [connections] _ in connections.closeAll() }
        loop.stop()
    }
}

/// The state of a client, confined to its loop's thread.
private final class LineConnections: @unchecked Sendable {
    var client: ClientLoop?
    private let deadline: Duration
    private let overWebSocket: Bool
    private var open: [ConnectionID: LineConnection] = [:]

    init(deadline: Duration, overWebSocket: Bool) {
        self.deadline = deadline
        self.overWebSocket = overWebSocket
    }

    func open(_ id: ConnectionID, _ subscription: Subscription, _ handler: any ConnectionHandler) {
        guard let client else { return }
        let connection = LineConnection(id, handler) { [unowned self] in open[id] = nil }
        open[id] = connection
        var request = request(subscription)
        if overWebSocket {
            request.headers.append(("sec-websocket-protocol", LineSocketEndpoint.subprotocol))
            connection.socket = client.openWebSocket(request, handler: connection)
        } else {
            connection.exchange = client.send(request, handler: connection)
        }
    }

    func close(_ id: ConnectionID) {
        open[id]?.end(.byClient)
    }

    func closeAll() {
        for connection in Array(open.values) { connection.end(.byClient) }
    }

    func setReading(_ reads: Bool, _ id: ConnectionID) {
        open[id]?.exchange?.setReading(reads)
        open[id]?.socket?.setReading(reads)
    }

    private func request(_ subscription: Subscription) -> ClientRequest {
        let endpoint = subscription.endpoint
        let isH2C = subscription.version == .h2 && !endpoint.tls
        var query = subscription.orders.count == 1 ? [] : subscription.orders.map { "order=\($0)" }
        if let position = subscription.after { query.append("after=\(position)") }
        let path =
            subscription.orders.count == 1
            ? "/orders/\(subscription.orders[0])/\(overWebSocket ? "line-socket" : "lines")" : "/lines"
        var request = ClientRequest(
            host: endpoint.host, port: isH2C ? endpoint.h2cPort ?? endpoint.port : endpoint.port,
            path: query.isEmpty ? path : path + "?" + query.joined(separator: "&"))
        request.headers = subscription.credential.headers() + subscription.headers
        request.tls = endpoint.tls
        request.version = subscription.version == .h2 ? .h2 : .h1
        request.localAddress = subscription.localAddress
        request.deadline = deadline
        return request
    }
}
