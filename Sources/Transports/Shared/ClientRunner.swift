import LWS
import Synchronization
package import TransportCore

/// A client of a socket transport: one loop thread that carries the sessions.
package final class ClientRunner: TransportClient {
    typealias MakeSession =
        @Sendable (ConnectionID, Subscription, ClientLoop, any ConnectionHandler, @escaping () -> Void) -> ClientSession

    private let loop: EventLoop
    private let state: ClientRunnerState
    private let opened = Atomic<UInt64>(0)

    init(_ configuration: ClientConfiguration, name: String, _ makeSession: @escaping MakeSession) throws {
        let state = ClientRunnerState(makeSession)
        self.state = state
        loop = try EventLoop(name: name) { context in
            let loop = try context.connectsToServers(
                trustedAuthorities: configuration.trustedAuthorities,
                identity: configuration.certificate.map { ClientIdentity(certificate: $0.certificate, key: $0.key) },
                proxy: configuration.proxy.map { ClientProxy(host: $0.host, port: $0.port) })
            loop.onRequest = configuration.requests.map { requests in { requests.add() } }
            state.loop = loop
        }
    }

    package func open(_ subscription: Subscription, handler: any ConnectionHandler) -> ConnectionID {
        let id = ConnectionID(rawValue: opened.wrappingAdd(1, ordering: .relaxed).newValue)
        // From now on only the loop's thread calls the handler.
        nonisolated(unsafe) let handler = handler
        let state = state
        loop.submit { _ in state.open(id, subscription, handler) }
        return id
    }

    package func close(_ connection: ConnectionID) {
        let state = state
        loop.submit { _ in state.sessions[connection]?.closed(.byClient) }
    }

    package func setReading(_ reads: Bool, _ connection: ConnectionID) {
        let state = state
        loop.submit { _ in state.sessions[connection]?.setReading(reads) }
    }

    package func send(_ command: ClientCommand, _ connection: ConnectionID) {
        let state = state
        loop.submit { _ in state.sessions[connection]?.send(command) }
    }

    package func renew(_ connection: ConnectionID, with token: String) {
        let state = state
        loop.submit { _ in state.sessions[connection]?.renew(with: token) }
    }

    package func shutdown() async {
        let state = state
        loop.submit { _ in state.closeAll() }
        // The loop ends within one turn.
        loop.stop()
    }
}

/// The state of a client that is confined to its loop's thread.
private final class ClientRunnerState: @unchecked Sendable {
    // Set before the loop's thread is shared. The rest is used on that thread only.
    var loop: ClientLoop?
    var sessions: [ConnectionID: ClientSession] = [:]
    private let makeSession: ClientRunner.MakeSession

    init(_ makeSession: @escaping ClientRunner.MakeSession) {
        self.makeSession = makeSession
    }

    func open(_ id: ConnectionID, _ subscription: Subscription, _ handler: any ConnectionHandler) {
        guard let loop else { return }
        let session = makeSession(id, subscription, loop, handler) { [unowned self] in sessions[id] = nil }
        sessions[id] = session
        session.begin()
    }

    func closeAll() {
        for session in Array(sessions.values) { session.closed(.byClient) }
        loop = nil
    }
}
