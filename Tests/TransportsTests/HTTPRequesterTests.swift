import LWS
import OrderUpdates
import Testing
import TransportCore
import Transports

@Suite(.timeLimit(.minutes(2))) struct HTTPRequesterTests {
    /// A server, and a requester of it.
    private static func with(_ body: (HTTPRequester, any RunningServer, OrderEventHub) async throws -> Void)
        async throws
    {
        let hub = OrderEventHub()
        try hub.create(OrderID("a")!, owner: "alice")
        let server = try await LongPollingTransport().start(
            OrderService(hub: hub, auth: NoAuthentication()), ServerConfiguration())
        let requester = try HTTPRequester()
        try await body(requester, server, hub)
        await requester.shutdown()
        await server.stop()
    }

    private static func request(_ server: any RunningServer, _ path: String) -> ClientRequest {
        ClientRequest(host: server.endpoint.host, port: server.endpoint.port, path: path)
    }

    @Test("An answer has its status, its fields and its body")
    func answers() async throws {
        try await Self.with { requester, server, _ in
            let answer = try await requester.send(Self.request(server, "/healthz"))
            #expect(answer.status == 200)
            #expect(answer["content-type"]?.hasPrefix("application/json") == true)
            #expect(String(decoding: answer.body, as: UTF8.self) == #"{"status":"ok"}"#)
            var creation = Self.request(server, "/orders")
            creation.method = "POST"
            creation.headers = [("content-type", "application/json")]
            creation.body = Array(#"{"id":"b"}"#.utf8)
            #expect(try await requester.send(creation)["location"] == "/orders/b")
            #expect(try await requester.send(Self.request(server, "/orders/none")).status == 404)
        }
    }

    @Test("Requests that follow each other take one connection, those at a time take their own")
    func keepsConnections() async throws {
        try await Self.with { requester, server, _ in
            for _ in 0..<20 { _ = try await requester.send(Self.request(server, "/healthz")) }
            #expect(server.statistics.connections == 1)
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask { try await requester.send(Self.request(server, "/healthz")).status }
                }
                for try await status in group { #expect(status == 200) }
            }
            #expect(server.statistics.connections <= 20)
            #expect(server.statistics.requests == 40)
        }
    }

    @Test("A task that is cancelled ends its request, before and while it waits")
    func cancels() async throws {
        try await Self.with { requester, server, hub in
            let position = try #require(hub.order(OrderID("a")!)?.position)
            let path = "/orders/a/updates?wait=60&after=\(position)"
            var request = Self.request(server, path)
            request.deadline = .seconds(60)
            let waiting = Task { [request] in try await requester.send(request) }
            while server.statistics.requests == 0 { try await Task.sleep(for: .milliseconds(1)) }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            let early = Task { [request] in
                withUnsafeCurrentTask { $0?.cancel() }
                return try await requester.send(request)
            }
            await #expect(throws: CancellationError.self) { try await early.value }
        }
    }

    @Test(
        "What comes behind an answer is no answer to what is asked next",
        arguments: ["HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n", "HT", "\r\n"])
    func distrustsSurplus(_ surplus: String) async throws {
        let answers = [("first", surplus), ("second", "")].map { body, surplus in
            [Array("HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)\(surplus)".utf8)]
        }
        let server = ScriptedServer(connections: answers, closes: false) { answer, _ in answer }
        let requester = try HTTPRequester()
        for body in ["first", "second"] {
            let answer = try await requester.send(ClientRequest(host: "127.0.0.1", port: server.port, path: "/"))
            #expect(String(decoding: answer.body, as: UTF8.self) == body)
        }
        await requester.shutdown()
    }

    @Test("A request that cannot be sent says why")
    func refusesWrongRequests() async throws {
        try await Self.with { requester, server, _ in
            for (change, words) in [
                ({ $0.path = "healthz" }, "'/'"), ({ $0.path = "/a b" }, "percent-encoded"),
                ({ $0.method = "get" }, "capitals"),
                ({ $0.headers = [("x", "a\r\nb: c")] }, "control character"), ({ $0.port = 0 }, "port"),
            ] as [((inout ClientRequest) -> Void, String)] {
                var request = Self.request(server, "/healthz")
                change(&request)
                let failure = await #expect(throws: HTTPRequester.Failure.self) { try await requester.send(request) }
                #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "") says \(words)")
            }
        }
    }

    @Test("Where nothing listens, the failure says where")
    func failsToConnect() async throws {
        let requester = try HTTPRequester()
        // A port that was free a moment ago.
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        socket.close()
        let request = ClientRequest(host: "127.0.0.1", port: socket.port, path: "/")
        let failure = await #expect(throws: HTTPRequester.Failure.self) { try await requester.send(request) }
        #expect(failure?.description.contains("127.0.0.1:\(socket.port)") == true)
        await requester.shutdown()
        await #expect(throws: (any Error).self) { try await requester.send(request) }
    }
}
