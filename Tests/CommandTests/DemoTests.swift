import Foundation
import Testing

/// `tandem serve --demo`: orders that move by themselves, over real sockets.
@Suite struct DemoTests {
    private func start(_ arguments: String...) async throws -> (server: Command.Running, port: Int) {
        let server = try await Command.start(["serve", "--port", "0"] + arguments)
        try await Waiting.until("the server says where it listens") {
            server.text.contains("\n") && server.text.contains("serving on")
        }
        let match = try #require(server.text.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/))
        return (server, try #require(Int(match.1)))
    }

    private func stop(_ server: Command.Running) async throws -> Command.Outcome {
        server.send(SIGTERM)
        return try await server.outcome()
    }

    @Test("A demo says that it lets everyone in and how to watch it, and its orders move", .timeLimit(.minutes(1)))
    func moves() async throws {
        let (server, port) = try await start("--demo", "--drain-bound", "1")
        let updates = try await follow("order-0", of: server, port, until: #""status":"Activating""#)
        #expect(!updates.isEmpty)
        let outcome = try await stop(server)
        #expect(outcome.status == 0, "\(outcome)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.dropFirst().first?.contains("everyone") == true, "\(lines)")
        #expect(outcome.output.contains("curl -N http://127.0.0.1:\(port)/orders/order-0/events"))
        // A schedule that nobody stopped prints its outcome; a demo has none.
        #expect(!outcome.output.contains("published"))
    }

    /// The updates of an order, one a line, until some contain a text. On a thread of its own: reading blocks, and the pool has few.
    /// A test that takes too long ends the server, and so the reading.
    private func follow(
        _ order: String, of server: Command.Running, _ port: Int, until last: String, times: Int = 1
    ) async throws -> [String] {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(
                        with: Result { try read(order, of: server, port, until: last, times: times) })
                }
            }
        } onCancel: {
            server.send(SIGKILL)
        }
    }

    private func read(
        _ order: String, of server: Command.Running, _ port: Int, until last: String, times: Int
    ) throws -> [String] {
        let client = try #require(WireClient(port: port, isOver: { server.hasEnded }))
        try #require(client.get("/orders/\(order)/events"))
        #expect(client.head()?.status == 200)
        var lines: [String] = []
        while lines.count(where: { $0.contains(last) }) < times {
            let line = try #require(client.line(), "ended behind \(lines.count) updates, the last: \(lines.suffix(3))")
            if line.hasPrefix("data:") { lines.append(line) }
        }
        return lines
    }

    @Test("The first order fails and is retried again and again", .timeLimit(.minutes(1)))
    func failsAndIsRetried() async throws {
        let (server, port) = try await start(
            "--auth", "none", "--publish", "lives,rate=200,wait=1", "--drain-bound", "1")
        let lines = try await follow("order-0", of: server, port, until: "started again", times: 3)
        #expect(lines.count { $0.contains(#""status":"Failed""#) && $0.contains("does not answer") } == 3)
        #expect(!lines.contains { $0.contains(#""status":"Activated""#) })
        #expect(try await stop(server).status == 0)
    }

    @Test("Another is activated, and a new order follows it", .timeLimit(.minutes(1)))
    func isActivated() async throws {
        let (server, port) = try await start(
            "--auth", "none", "--publish", "lives,orders=2,rate=200,wait=1", "--drain-bound", "1")
        let lines = try await follow("order-1", of: server, port, until: #""status":"Activated""#)
        let statuses = lines.compactMap { $0.firstMatch(of: /"status":"(\w+)"/).map { String($0.1) } }
        #expect(statuses == ["Created", "Approved"] + Array(repeating: "Activating", count: 5) + ["Activated"])
        let client = try #require(WireClient(port: port, isOver: { server.hasEnded }))
        try await Waiting.until("order-2 is there") {
            client.get("/orders/order-2") && client.response()?.status != 404
        }
        let next = try await follow("order-2", of: server, port, until: #""status":"#)
        #expect(next.count == 1)
        #expect(try await stop(server).status == 0)
    }

    @Test(
        "What would open a demo to others is refused",
        arguments: [
            (["--demo", "--host", "0.0.0.0"], "127.0.0.1"), (["--demo", "--publish", "rate=1"], "--publish"),
            (["--demo", "--auth", "bearer"], "--jwks"), (["--auth", "none", "--publish", "lives,flood"], "--publish"),
            (["--auth", "none", "--publish", "lives,seconds=1"], "--publish"),
        ])
    func refuses(arguments: [String], hint: String) async throws {
        let outcome = try await Command.run(["serve", "--port", "0"] + arguments)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.error.contains(hint), "\(outcome.error)")
        #expect(outcome.output.isEmpty)
    }

    @Test("A schedule has a default for everything, and goes on until the server is stopped", .timeLimit(.minutes(1)))
    func hasDefaults() async throws {
        let (server, port) = try await start("--auth", "none", "--publish", "rate=100", "--drain-bound", "1")
        // Whatever was published before the stream began is not in it.
        _ = try await follow("order-0", of: server, port, until: #""message":"step "#, times: 20)
        #expect(try await stop(server).status == 0)
    }
}
