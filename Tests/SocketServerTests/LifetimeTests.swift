import Glibc
import OrderUpdates
import Synchronization
import Testing
import TransportCore
import Transports

/// What belongs to a request or a stream ends with it, and no event that comes late finds it, or its successor.
@Suite(.serialized, .ownThreads) struct LifetimeTests {
    @Test("A request that was answered or abandoned leaves nothing behind")
    func requestsLeaveNothingBehind() async throws {
        let witness = RequestWitness()
        let test = try TestServer(auth: witness)
        let position = try #require(test.hub.order(TestServer.order)?.position)
        let wait = "/orders/a/updates?after=\(position)&wait=60"
        // Answered, on connections that stay.
        let answered = try (0..<10).map { _ in try RawClient(test.endpoint) }
        for client in answered { client.get(wait) }
        try await test.waitUntil("polls") { $0.requests == 10 }
        try test.publish("news.")
        for client in answered { try client.read(until: "news.") }
        try await test.waitUntil("no answered request") { _ in witness.remaining == 0 }
        #expect(test.server.statistics.connections == 10)
        // Abandoned while it waits, and in the middle of a body.
        let news = try #require(test.hub.order(TestServer.order)?.position)
        let waiting = try (0..<10).map { _ in try RawClient(test.endpoint) }
        for client in waiting { client.get("/orders/a/updates?after=\(news)&wait=60") }
        let posting = try (0..<10).map { _ in try RawClient(test.endpoint) }
        for client in posting {
            client.send("POST /orders/a/updates HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n{\"status\":")
        }
        try await test.waitUntil("all requests") { $0.requests == 30 }
        for client in answered + waiting + posting { client.leave() }
        try await test.waitUntil("no connections") { $0.connections == 0 }
        try await test.waitUntil("no abandoned request") { _ in witness.remaining == 0 }
        await test.server.stop()
    }

    /// Two events of a socket, whose stream or request ends with the first.
    @Test("A client that ends and then resets its connection is removed once")
    func whoLeavesTwiceHarmsNobody() async throws {
        let test = try TestServer()
        let position = try #require(test.hub.order(TestServer.order)?.position)
        var stayed: [RawClient] = []
        for round in 1...20 {
            let leaving = try (0..<20).map { _ in try RawClient(test.endpoint) }
            for (index, client) in leaving.enumerated() {
                client.get(index % 2 == 0 ? "/orders/a/events" : "/orders/a/updates?after=\(position)&wait=60")
            }
            for client in leaving.enumerated() where client.offset % 2 == 0 {
                try client.element.read(until: "order.snapshot")
            }
            for client in leaving {
                client.leave()
                client.reset()
            }
            // They take the places of those that left.
            let joining = try (0..<2).map { _ in try RawClient(test.endpoint) }
            for client in joining { client.get("/orders/a/events") }
            stayed += joining
            try await test.waitUntil("round \(round)") { $0.connections == stayed.count }
        }
        for client in stayed { try client.read(until: "order.snapshot") }
        try test.publish("still here.")
        for client in stayed { try client.read(until: "still here.") }
        await test.server.stop()
    }

    // In a process of its own: it takes all descriptors, and looks at the processor time of all threads.
    @Test("Without a free descriptor connections are refused, and no loop spins")
    func whereDescriptorsEndConnectionsAreRefused() async {
        await #expect(processExitsWith: .success) {
            let test = try TestServer()
            var limit = rlimit(rlim_cur: 200, rlim_max: 0)
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = 200
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let clients = (0..<5).map { _ in RawClient() }
            var fillers: [Int32] = []
            while case let filler = dup(0), filler >= 0 { fillers.append(filler) }
            for client in clients { try client.connect(to: test.endpoint) }
            // Nothing was sent, so the end can only be the listener's refusal.
            for client in clients { guard try client.readToEnd().isEmpty else { exit(EXIT_FAILURE) } }
            let before = clock()
            // Task.sleep may need a descriptor for its timer, and traps without one.
            usleep(300_000)
            guard Double(clock() - before) / Double(CLOCKS_PER_SEC) < 0.15 else { exit(EXIT_FAILURE) }
            for filler in fillers { close(filler) }
            let served = try RawClient(test.endpoint)
            served.get("/healthz")
            try served.read(until: "200 OK")
        }
    }

    @Test("The limit of connections keeps within that of descriptors") func connectionsKeepToTheDescriptors() throws {
        let test = try TestServer { $0.limits.connections = 10_000_000 }
        #expect(test.server.connectionLimit < SocketServer.descriptorLimit)
        #expect(test.server.connectionLimit > SocketServer.descriptorLimit / 2)
        #expect(try TestServer { $0.limits.connections = 5 }.server.connectionLimit == 5)
    }
}

/// Admits everyone, and remembers the requests for as long as there is something else that holds them.
private final class RequestWitness: AuthScheme {
    /// A weak reference may be read by any thread.
    private struct Sighting: @unchecked Sendable {
        weak var request: AnyObject?
    }
    private let sightings = Mutex<[Sighting]>([])

    var name: String { "witness" }
    var challenge: String? { nil }
    var remaining: Int { sightings.withLock { $0.count { $0.request != nil } } }

    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        sightings.withLock { $0.append(Sighting(request: request as AnyObject)) }
        return Principal(subject: "alice", scopes: Set(Scope.allCases), ownsEverything: true)
    }
}
