import Catalog
import ExperimentModel
import FaultInjection
import Foundation
import Testing

/// A proxy before a server of the test.
struct Stage {
    let proxy: FaultProxy
    let server: TestServer

    static func with(
        plan: [FaultStep] = [], seed: UInt64 = 1, maximumConnections: Int = .max, _ body: (Stage) async throws -> Void
    ) async throws {
        let server = try TestServer()
        var configuration = FaultProxy.Configuration(targetHost: "127.0.0.1", targetPort: server.port)
        configuration.plan = plan
        configuration.seed = seed
        configuration.maximumConnections = maximumConnections
        let proxy = try await FaultProxy.start(configuration, faults: Catalog.proxyFaults)
        do {
            try await body(Stage(proxy: proxy, server: server))
        } catch {
            await proxy.stop()
            throw error
        }
        await proxy.stop()
    }

    /// A connection, and the server's end of it.
    func connect() async throws -> (client: TestSocket, server: TestSocket) {
        let client = try TestSocket.connect(to: proxy.port)
        return (client, try await server.accept())
    }

    /// A connection through which a request and the head of its response have passed.
    func openStream(_ head: String = HTTPText.eventStream) async throws -> (client: TestSocket, server: TestSocket) {
        let pair = try await connect()
        try await pair.client.send(HTTPText.request)
        #expect(try await pair.server.receive(HTTPText.request.utf8.count) == HTTPText.request)
        try await pair.server.send(head)
        #expect(try await pair.client.receive(head.utf8.count) == head)
        return pair
    }

    /// Begins a fault that lasts until it is repaired.
    ///
    /// - Returns: its id.
    @discardableResult
    func begin(_ fault: String, _ parameters: [String: Double] = [:]) async throws -> Int {
        try await proxy.withCore { core in
            try core.begin(FaultStep(fault, parameters: parameters)).id
        }
    }

    /// Ends what is under way.
    func repair() async throws { try await proxy.withCore { core in _ = core.end() } }

    var log: [FaultLog.Entry] {
        get async throws { try await proxy.withCore { $0.log.entries(after: 0) } }
    }

    /// Waits for as many entries of a kind.
    func waitForLog(_ event: FaultLog.Event, count: Int = 1) async throws {
        try await wait("\(count) entries of \(event)") {
            try await log.filter { $0.event == event }.count >= count
        }
    }

    /// Waits until the proxy has read so many bytes from one connection's client, or server.
    func waitUntilRead(_ side: ProxiedConnection.Side, _ count: Int, connection: Int = 0) async throws {
        try await wait("\(count) bytes are read") {
            try await proxy.withCore { core in
                let connections = core.openConnections
                guard connections.indices.contains(connection) else { return false }
                let bytes = connections[connection].bytes
                return (side == .client ? bytes.fromClient : bytes.fromServer) >= count
            }
        }
    }

    func waitUntilOpen(_ count: Int) async throws {
        try await wait("\(count) connections are open") {
            try await proxy.withCore { $0.openConnections.count } == count
        }
    }

    /// Waits for what must come.
    func wait(_ what: String, _ isTrue: () async throws -> Bool) async throws {
        for _ in 0..<15_000 {
            if try await isTrue() { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw TestSocket.Failure(message: "\(what): not within half a minute")
    }
}

enum HTTPText {
    static let request = "GET /orders/1/events HTTP/1.1\r\nHost: orders\r\n\r\n"
    static let eventStream = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    static let upgrade =
        "GET /orders/1/socket HTTP/1.1\r\nHost: orders\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: x\r\n\r\n"
    static let switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
}
