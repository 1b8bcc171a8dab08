import Clocks
import Foundation
import LoadGeneration
import OrderUpdates
import Synchronization
import TransportCore
import Transports

/// Orders, a server before them that can end and come back on its port, and sessions that a test commands.
final class SessionStage: Sendable {
    static let orders = 2

    let hub: OrderEventHub
    let port: Int
    private let log: AcknowledgementWriter
    private let path: String
    private let server: Mutex<SocketServer?>
    private let commands = Mutex<[SessionCommand]>([])
    private let events = Mutex<[SessionEvent]>([])
    private let failure = Mutex<String?>(nil)

    struct Stuck: Error, CustomStringConvertible {
        var description: String
    }

    private static let patience: Duration = .seconds(20)
    private static let names = (0..<orders).compactMap { OrderID("order-\($0)") }
    private static let transports: [any SocketTransport] = [
        SSETransport(), WebSocketTransport(), PollingTransport(), LongPollingTransport(),
    ]

    private init() throws {
        hub = OrderEventHub()
        for name in Self.names { try hub.create(name, owner: "anyone", status: .activating) }
        path = FileManager.default.temporaryDirectory.appendingPathComponent("acknowledged-\(UUID().uuidString)").path
        log = try AcknowledgementWriter(path: path)
        let first = try Self.serve(hub, port: 0)
        port = first.endpoint.port
        server = Mutex(first)
    }

    /// A policy whose waits a test does not have to sit through.
    static func policy(_ recovery: RecoveryStrategy) -> SessionPolicy {
        SessionPolicy(
            recovery: recovery,
            backoff: Backoff(initial: .milliseconds(10), maximum: .milliseconds(50), jitter: .full),
            livenessTimeout: nil, connectTimeout: .seconds(5), resetAfter: .seconds(10))
    }

    /// Connects sessions, lets the body command them, and returns what they came to.
    static func run(
        _ transport: any ClientTransport, _ policy: SessionPolicy, sessions: Int = 4,
        _ body: (SessionStage) async throws -> Void
    ) async throws -> SessionsResult {
        let stage = try SessionStage()
        defer { try? FileManager.default.removeItem(atPath: stage.path) }
        var specification = SessionSpecification(
            transport: transport.name.rawValue, policy: policy, sessions: sessions, orders: orders,
            acknowledgements: stage.path)
        specification.target.port = stage.port
        specification.pollIntervalSeconds = 0.02
        specification.longPollSeconds = 1
        let run = SessionRun(
            specification, transport: transport, credential: .none,
            fetch: { [hub = stage.hub] in hub.order($0)?.position },
            nextCommand: { try await stage.nextCommand() },
            report: { event in stage.events.withLock { $0.append(event) } })
        let running = Task {
            do {
                try await run.run()
            } catch {
                stage.failure.withLock { $0 = "\(error)" }
            }
        }
        let result: Result<SessionsResult, any Error>
        do {
            _ = try await stage.event(.ready)
            try await body(stage)
            stage.commands.withLock { $0.append(SessionCommand(.finish)) }
            guard let end = try await stage.event(.result).result else { throw Stuck(description: "no result") }
            result = .success(end)
        } catch {
            running.cancel()
            result = .failure(error)
        }
        await running.value
        await stage.server.withLock { $0.take() }?.stop()
        return try result.get()
    }

    private static func serve(_ hub: OrderEventHub, port: Int) throws -> SocketServer {
        var configuration = ServerConfiguration()
        configuration.port = port
        configuration.heartbeat = .init(kind: .control, interval: .milliseconds(100))
        return try SocketServer(
            OrderService(hub: hub, auth: NoAuthentication()), configuration, transports: transports)
    }

    // MARK: What a test does

    /// Publishes to every order, whether a server stands before it or not, and writes it down as acknowledged.
    func publish(_ count: Int) throws {
        for order in 0..<Self.orders {
            for _ in 0..<count {
                let update = OrderUpdate(orderID: Self.names[order], status: .activating, timestamp: 1)
                log.append(
                    AcknowledgedUpdate(
                        order: order, position: try hub.publish(update), at: MonotonicClock().now.nanoseconds))
            }
        }
    }

    /// Writes down an acknowledgement of what was never published.
    func acknowledge(order: Int, beyond count: UInt64) {
        guard var position = hub.order(Self.names[order])?.position else { return }
        position.offset += count
        log.append(AcknowledgedUpdate(order: order, position: position, at: 0))
    }

    func stopServer() async { await server.withLock { $0.take() }?.stop() }
    func drainServer() async { await server.withLock { $0.take() }?.drain(within: .seconds(5)) }

    func startServer() throws {
        let next = try Self.serve(hub, port: port)
        server.withLock { $0 = next }
    }

    var statistics: ServerStatistics? { server.withLock { $0?.statistics } }

    @discardableResult
    func command(_ command: SessionCommand) async throws -> SessionEvent {
        commands.withLock { $0.append(command) }
        return try await event(command.command == .quiesce ? .quiesced : .done)
    }

    /// Waits until every session has seen everything.
    func quiesce() async throws -> Int {
        try await command(SessionCommand(.quiesce, seconds: Self.patience.seconds)).sessions ?? 0
    }

    private func nextCommand() async throws -> SessionCommand? {
        while true {
            if let next = commands.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return next }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    private func event(_ name: SessionEvent.Name) async throws -> SessionEvent {
        let deadline = ContinuousClock.now + Self.patience * 2
        while ContinuousClock.now < deadline {
            let found = events.withLock { events in
                events.firstIndex { $0.event == name }.map { events.remove(at: $0) }
            }
            if let found { return found }
            if let failure = failure.withLock({ $0 }) { throw Stuck(description: failure) }
            try await Task.sleep(for: .milliseconds(1))
        }
        throw Stuck(description: "no event '\(name.rawValue)'")
    }
}
