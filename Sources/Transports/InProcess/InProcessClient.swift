import Synchronization
import TransportCore

/// A client's connections, and the one queue that calls their handlers.
actor InProcessClient: TransportClient {
    private struct Connection {
        let link: InProcessLink
        let handler: any ConnectionHandler
        var isReading = true
    }

    /// How many frames a connection delivers before the others have their turn.
    private static let turn = 16

    private nonisolated let queue = SerialQueue("in-process client")
    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    private let network: InProcessNetwork
    private nonisolated let opened = Atomic<UInt64>(0)
    private var connections: [ConnectionID: Connection] = [:]
    private var isShutDown = false

    init(_ network: InProcessNetwork) {
        self.network = network
    }

    nonisolated func open(_ subscription: Subscription, handler: any ConnectionHandler) -> ConnectionID {
        let id = ConnectionID(rawValue: opened.add(1, ordering: .relaxed).newValue)
        // From now on only this client's queue calls the handler.
        nonisolated(unsafe) let handler = handler
        submit { $0.begin(id, subscription, handler) }
        return id
    }

    nonisolated func close(_ connection: ConnectionID) {
        submit { $0.end(connection, .byClient) }
    }

    nonisolated func setReading(_ reads: Bool, _ connection: ConnectionID) {
        submit { $0.read(reads, connection) }
    }

    nonisolated func send(_ command: ClientCommand, _ connection: ConnectionID) {
        submit { $0.connections[connection]?.link.send(command) }
    }

    func shutdown() async {
        isShutDown = true
        for connection in connections.keys { end(connection, .byClient) }
    }

    private nonisolated func submit(_ task: @escaping @Sendable (isolated InProcessClient) -> Void) {
        queue.submit { self.assumeIsolated(task) }
    }

    private func begin(_ id: ConnectionID, _ subscription: Subscription, _ handler: any ConnectionHandler) {
        guard !isShutDown else { return }
        guard let server = network.server(at: subscription.endpoint) else {
            handler.connection(
                id, .closed(.failed("no in-process server runs at \(subscription.endpoint.host): start one first")))
            return
        }
        let link = server.connect(subscription) { [weak self] in
            self?.submit { $0.deliver(id) }
        }
        connections[id] = Connection(link: link, handler: handler)
        handler.connection(id, .connected)
        deliver(id)
    }

    private func read(_ reads: Bool, _ id: ConnectionID) {
        guard connections[id] != nil else { return }
        connections[id]!.isReading = reads
        deliver(id)
    }

    private func deliver(_ id: ConnectionID) {
        for _ in 0..<Self.turn {
            guard let connection = connections[id], connection.isReading else { return }
            switch connection.link.next() {
            case .frame(let frame): frame.deliver(to: connection.handler, id)
            case .end(let cause): return end(id, cause)
            case nil: return
            }
        }
        submit { $0.deliver(id) }
    }

    private func end(_ id: ConnectionID, _ cause: ClosedCause) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        connection.link.leave()
        connection.handler.connection(id, .closed(cause))
    }
}
