import OrderUpdates
import Synchronization
import Testing
import TransportCore
import Transports

/// With a hub that holds back what is not kept yet, nobody is told of it: neither its publisher nor its readers.
@Suite(.ownThreads) struct CommitTests {
    /// Keeps what the hub has when the test says so.
    private final class Journal: Sendable {
        private let batch = Mutex(JournalBatch())
        let hub: OrderEventHub

        init(history: Int = 256) {
            hub = OrderEventHub(
                HubRecord(), configuration: .init(history: history), visibility: .whenKept, wakeJournal: {})
        }

        func keep() {
            batch.withLock { batch in
                hub.collectChanges(into: &batch)
                hub.acknowledge(batch)
            }
        }

        /// The published updates, those that are held back among them.
        var published: Int { hub.statistics.published }
    }

    private let journal = Journal()

    private func server(over journal: Journal? = nil) throws -> SocketServer {
        try SocketServer(
            OrderService(hub: (journal ?? self.journal).hub, auth: NoAuthentication()), ServerConfiguration(),
            transports: [SSETransport(), WebSocketTransport(), PollingTransport(), LongPollingTransport()])
    }

    private func waitUntil(_ what: Comment, _ isTrue: () -> Bool) async throws {
        for _ in 0..<10_000 where !isTrue() { try await Task.sleep(for: .milliseconds(2)) }
        try #require(isTrue(), what)
    }

    /// That nothing has come is shown by what comes first: the answer to a later request of another connection.
    private func passesBy(_ server: SocketServer) throws {
        let other = try RawClient(server.endpoint)
        other.get("/healthz")
        try other.read(until: "ok")
    }

    /// HTTP/1.0 ends the connection with the answer: what came behind the request is not taken for more of its body.
    @Test("What follows a request over HTTP/1.0 is not read, and the connection ends")
    func whatFollowsOverHTTP10IsNotRead() async throws {
        try journal.hub.create(TestServer.order, owner: "alice", status: .activating)
        journal.keep()
        let server = try server()
        let publisher = try RawClient(server.endpoint)
        let body = "{\"status\":\"Activating\"}"
        publisher.send(
            "POST /orders/a/updates HTTP/1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                + "HEAD /healthz HTTP/1.1\r\nHost: test\r\n\r\n")
        try await waitUntil("the update") { journal.published == 2 }
        journal.keep()
        let text = try publisher.readToEnd()
        #expect(text.hasPrefix("HTTP/1.1 202") && !text.contains("200"), "\(text)")
        try await waitUntil("the connection has ended") { server.statistics.connections == 0 }
        await server.stop()
    }

    @Test(
        "A request is answered, and shown to readers, only once its updates are kept",
        arguments: [
            ("/orders", "{\"id\":\"new\"}", "HTTP/1.1 201"),
            ("/orders/a/updates", "{\"status\":\"Activating\",\"message\":\"kept\"}", "HTTP/1.1 202"),
            ("/orders/a/updates", "[{\"status\":\"Activating\"},{\"status\":\"Created\"}]", "HTTP/1.1 409"),
            ("/orders/a/commands", "{\"command\":\"complete\"}", "HTTP/1.1 202"),
        ])
    func requestsWait(_ path: String, _ body: String, _ answer: String) async throws {
        try journal.hub.create(TestServer.order, owner: "alice", status: .activating)
        journal.keep()
        let server = try server()
        let reader = try RawClient(server.endpoint)
        reader.get("/orders/a/events")
        try reader.read(until: "order.snapshot")
        let publisher = try RawClient(server.endpoint)
        publisher.post(path, body)
        try await waitUntil("the update") { journal.published == 2 }
        try passesBy(server)
        #expect(publisher.received.isEmpty)
        journal.keep()
        try publisher.read(until: answer)
        // The connection goes on.
        publisher.get("/orders/a")
        try publisher.read(until: "HTTP/1.1 200")
        if path != "/orders" {
            try reader.read(until: "order.update")
        } else {
            publisher.get("/orders/new")
            try publisher.read(until: "submitted")
        }
        await server.stop()
    }

    @Test("An order's creation is answered with its first update, though others have displaced it by then")
    func creationHasItsFirstUpdate() async throws {
        let journal = Journal(history: 1)
        let server = try server(over: journal)
        let publisher = try RawClient(server.endpoint)
        publisher.post("/orders", "{\"id\":\"new\"}")
        try await waitUntil("the order") { journal.published == 1 }
        try journal.hub.publish(
            OrderUpdate(orderID: OrderID("new")!, status: .failed, reason: "later", timestamp: 0))
        journal.keep()
        let answer = try publisher.read(until: "}")
        #expect(answer.hasPrefix("HTTP/1.1 201") && answer.contains("\"status\":\"Created\""), "\(answer)")
        #expect(answer.firstMatch(of: /etag: "[0-9a-f]+-1"\r\n/) != nil, "\(answer)")
        await server.stop()
    }

    @Test("Readers of every kind get an update only once it is kept") func readersWait() async throws {
        try journal.hub.create(TestServer.order, owner: "alice", status: .activating)
        journal.keep()
        let server = try server()
        let start = try #require(journal.hub.order(TestServer.order)).position
        let stream = try RawClient(server.endpoint)
        stream.get("/orders/a/events")
        try stream.read(until: "order.snapshot")
        let poll = try RawClient(server.endpoint)
        poll.get("/orders/a/updates?after=\(start)&wait=20")
        try await waitUntil("the poll") { server.statistics.requests == 2 }
        try journal.hub.publish(
            OrderUpdate(orderID: TestServer.order, status: .activating, message: "kept", timestamp: 0))
        let late = try RawClient(server.endpoint)
        late.get("/orders/a/events")
        try late.read(until: "id: \(start)\n")
        #expect(stream.count(of: "order.update") == 0 && poll.received.isEmpty)
        journal.keep()
        for client in [stream, poll, late] { try client.read(until: "kept") }
        await server.stop()
    }

    @Test("The answer to a WebSocket's command waits until it is kept, and goes to no other socket")
    func aWebSocketsCommandWaits() async throws {
        try journal.hub.create(TestServer.order, owner: "alice", status: .activating)
        journal.keep()
        let server = try server()
        let socket = try RawClient(server.endpoint)
        socket.get("/orders/a/socket", headers: webSocketHeaders)
        try socket.read(until: "order.snapshot")
        // The second ends before the first is answered: its answer must not go to whoever takes its place.
        let gone = try RawClient(server.endpoint)
        gone.get("/socket", headers: webSocketHeaders)
        try gone.read(until: "101")
        gone.sendFrame("{\"type\":\"command\",\"orderId\":\"a\",\"command\":\"fail\",\"reason\":\"no\"}")
        try await waitUntil("the first command") { journal.published == 2 }
        gone.leave()
        try await waitUntil("its end") { server.statistics.connections == 1 }
        let heir = try RawClient(server.endpoint)
        heir.get("/socket", headers: webSocketHeaders)
        try heir.read(until: "101")
        socket.sendFrame("{\"type\":\"command\",\"id\":\"c\",\"orderId\":\"a\",\"command\":\"retry\"}")
        try await waitUntil("the second command") { journal.published == 3 }
        #expect(socket.count(of: "command.result") == 0)
        journal.keep()
        try socket.read(until: "\"accepted\":true")
        heir.sendFrame("{\"type\":\"subscribe\",\"orderId\":\"a\"}")
        try heir.read(until: "order.snapshot")
        #expect(heir.count(of: "command.result") == 0)
        await server.stop()
    }

    @Test("A drain waits for answers whose updates are not yet kept") func aDrainWaitsForAnswers() async throws {
        let server = try server()
        let publisher = try RawClient(server.endpoint)
        publisher.post("/orders", "{\"id\":\"new\"}")
        try await waitUntil("the order") { journal.published == 1 }
        let draining = Task { await server.drain(within: .seconds(20)) }
        journal.keep()
        try publisher.read(until: "HTTP/1.1 201")
        _ = await draining.value
    }

    @Test("A publisher that is too fast for the journal gets 503 and when to come again")
    func aJournalThatIsBehindIs503() async throws {
        let hub = OrderEventHub(
            HubRecord(), configuration: .init(journalBacklog: 600), visibility: .atOnce, wakeJournal: {})
        let test = try TestServer(hub: hub)
        let publisher = try RawClient(test.endpoint)
        var answer = ""
        for _ in 0..<5 where !answer.contains(" 503 ") {
            publisher.forget()
            publisher.post("/orders/a/updates", "{\"status\":\"Activating\"}")
            answer = try publisher.read(until: "}")
        }
        #expect(answer.contains(" 503 ") && answer.contains("retry-after: 1"), "\(answer)")
        await test.server.stop()
    }
}
