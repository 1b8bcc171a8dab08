import OrderUpdates
import Testing
import TransportCore
import Transports

/// Requests that come before the answer to the one before (RFC 9112, section 9.3.2).
@Suite(.ownThreads) struct PipeliningTests {
    private static let path = "/orders/a/updates"
    private static let update = #"{"status":"Activating"}"#

    private static func post(_ path: String = path, _ body: String = update) -> String {
        "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static let get = "GET /orders/a HTTP/1.1\r\nHost: test\r\n\r\n"

    /// libwebsockets is handed one after the other: of itself it would take the head of the second for its body.
    @Test(
        "Pipelined requests are answered in their order",
        arguments: [
            (get + get + get, ["200", "200", "200"]), (post() + get + get, ["202", "200", "200"]),
            (post("/nowhere") + get, ["404", "200"]), (post() + post() + post(), ["202", "202", "202"]),
            (get + post() + get, ["200", "202", "200"]), (post() + get + post(), ["202", "200", "202"]),
            (post("/nowhere") + post(), ["404", "202"]), (post("/orders/zzz/updates") + post(), ["404", "202"]),
        ])
    func requestsAreAnsweredInTheirOrder(requests: String, statuses: [String]) async throws {
        let test = try TestServer()
        let client = try RawClient(test.endpoint)
        client.send(requests)
        try client.read(until: { _ in client.count(of: "HTTP/1.1 ") == statuses.count })
        #expect(Self.statuses(in: client.text) == statuses)
        await test.server.stop()
        #expect(published(test) == statuses.count { $0 == "202" })
    }

    /// The peer's end may be read between the two.
    @Test("A peer that leaves right after its requests is noticed")
    func aPeerThatLeavesBehindItsRequestsIsNoticed() async throws {
        let test = try TestServer()
        let client = try RawClient(test.endpoint)
        client.send(Self.post() + Self.post())
        client.leave()
        let text = try client.readToEnd()
        #expect(Self.statuses(in: text).first == "202", "\(text)")
        try await test.waitUntil("the connection has ended") { $0.connections == 0 }
        await test.server.stop()
    }

    /// It waits on a parked request, which reads no more.
    @Test("A request behind a long poll waits for the poll's answer")
    func aBodyBehindALongPollWaitsForItsAnswer() async throws {
        let test = try TestServer()
        let client = try RawClient(test.endpoint)
        let position = try #require(test.hub.order(TestServer.order)).position
        client.send("GET /orders/a/updates?wait=60&after=\(position) HTTP/1.1\r\nHost: test\r\n\r\n" + Self.post())
        try await test.waitUntil("the poll waits") { $0.requests > 0 }
        try test.publish("news")
        try client.read(until: { _ in client.count(of: "HTTP/1.1 ") == 2 })
        #expect(Self.statuses(in: client.text) == ["200", "202"])
        await test.server.stop()
    }

    @Test(
        "A stream or a long poll behind another request is served",
        arguments: ["/orders/a/events", "/orders/a/updates?wait=60"])
    func whatWaitsBehindAnotherRequestIsServed(path: String) async throws {
        let test = try TestServer()
        let client = try RawClient(test.endpoint)
        let position = try #require(test.hub.order(TestServer.order)).position
        let separator = path.contains("?") ? "&" : "?"
        client.send(Self.get + "GET \(path)\(separator)after=\(position) HTTP/1.1\r\nHost: test\r\n\r\n")
        try await test.waitUntil("both have come") { $0.requests == 2 }
        try test.publish("news.")
        try client.read(until: "news.")
        #expect(Self.statuses(in: client.text) == ["200", "200"])
        client.leave()
        try await test.waitUntil("the connection has ended") { $0.connections == 0 && $0.subscribers == 0 }
        await test.server.stop()
    }

    /// One after the other, in any pieces: the bytes of a request that comes in time are never taken for a pipelined one's.
    @Test("Requests that come one after the other, in any pieces, are each accepted", arguments: [1, 7, 64, 4096])
    func bodiesOneAfterTheOther(piece: Int) async throws {
        let test = try TestServer()
        let client = try RawClient(test.endpoint)
        for count in 1...3 {
            let bytes = Array(Self.post().utf8)
            for start in stride(from: 0, to: bytes.count, by: piece) {
                client.send(Array(bytes[start..<min(start + piece, bytes.count)]))
            }
            try client.read(until: { _ in client.count(of: "HTTP/1.1 202") == count })
        }
        await test.server.stop()
        #expect(published(test) == 3)
    }

    /// The answer is out before the server is done with the request: what follows it may come at any moment.
    @Test("A request that comes right after an answer is accepted") func aBodyAtOnceAfterAnAnswer() async throws {
        let test = try TestServer()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<500 {
                        let client = try RawClient(test.endpoint)
                        client.get("/healthz")
                        try client.read(until: "ok")
                        client.send(Self.post())
                        try client.read(until: "HTTP/1.1 202")
                    }
                }
            }
            try await group.waitForAll()
        }
        await test.server.stop()
        #expect(published(test) == 2_000)
    }

    private static func statuses(in text: String) -> [String] {
        text.split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) }
    }

    /// Beside the update that creates the order.
    private func published(_ test: TestServer) -> Int {
        Int(test.hub.order(TestServer.order)?.position.offset ?? 0) - 1
    }
}
