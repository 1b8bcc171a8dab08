import Glibc
import OrderUpdates
import Testing
import TransportCore
import Transports

/// The engine over real sockets: those traps of libwebsockets that can be seen from outside, and the limits.
@Suite(.serialized, .ownThreads) struct EngineTests {
    /// While an HTTP/1.1 response streams, libwebsockets does not read: without the socket watcher a FIN is never seen, and
    /// the descriptor leaks.
    @Test(
        "A client that leaves a stream or a poll is noticed",
        arguments: ["/orders/a/events", "/events?order=a", "/orders/a/updates?after=AFTER&wait=60"])
    func clientsThatLeaveAreNoticed(path: String) async throws {
        try await Self.joinAndLeave(path)
    }

    private static func joinAndLeave(_ path: String) async throws {
        let test = try TestServer()
        let position = try #require(test.hub.order(TestServer.order)?.position)
        let path = path.replacing("AFTER", with: "\(position)")
        for ending in [RawClient.leave, RawClient.reset] {
            var clients = try (0..<100).map { _ in try RawClient(test.endpoint) }
            for client in clients { client.get(path) }
            if path.contains("wait=") {
                try await test.waitUntil("polls") { $0.connections == 100 && $0.requests % 100 == 0 && $0.requests > 0 }
            } else {
                try await test.waitUntil("subscribers") { $0.subscribers == 100 }
                for client in clients { try client.read(until: "order.snapshot") }
            }
            for client in clients { ending(client)() }
            try await test.waitUntil("no connections") { $0.connections == 0 && $0.subscribers == 0 }
            clients = []
        }
        await test.server.stop()
    }

    // In a process of its own: it looks at the processor time of all threads.
    @Test("No loop spins after its clients have left") func nothingSpinsAfterwards() async {
        await #expect(processExitsWith: .success) {
            let test = try TestServer()
            let clients = try (0..<100).map { _ in try RawClient(test.endpoint) }
            for client in clients { client.get("/orders/a/events") }
            try await test.waitUntil("subscribers") { $0.subscribers == 100 }
            for client in clients { client.leave() }
            // The sockets stay half open on our side: only the watcher can have noticed.
            try await test.waitUntil("no connections") { $0.connections == 0 }
            let before = clock()
            try await Task.sleep(for: .milliseconds(300))
            // A loop that spins uses all of the pause.
            guard Double(clock() - before) / Double(CLOCKS_PER_SEC) < 0.15 else { exit(EXIT_FAILURE) }
            withExtendedLifetime(clients) {}
        }
    }

    // In a process of its own: it counts all descriptors.
    @Test("A server that has stopped has closed every descriptor") func descriptorsReturn() async {
        await #expect(processExitsWith: .success) {
            func openDescriptors() -> Int {
                guard let folder = opendir("/proc/self/fd") else { return -1 }
                defer { closedir(folder) }
                var count = 0
                while readdir(folder) != nil { count += 1 }
                return count
            }
            func round(loops: Int) async throws {
                let test = try TestServer { $0.loops = loops }
                var clients = try (0..<200).map { _ in try RawClient(test.endpoint) }
                for (index, client) in clients.enumerated() {
                    if index % 2 == 0 {
                        client.get("/orders/a/events")
                    } else {
                        client.get("/orders/a/socket", headers: webSocketHeaders)
                    }
                }
                try await test.waitUntil("subscribers") { $0.subscribers == 200 }
                clients = []
                try await test.waitUntil("no connections") { $0.connections == 0 && $0.subscribers == 0 }
                await test.server.stop()
            }
            // The first round opens what a process opens once.
            try await round(loops: 1)
            let before = openDescriptors()
            for loops in [1, 2] { try await round(loops: loops) }
            guard openDescriptors() == before else { exit(EXIT_FAILURE) }
        }
    }

    @Test("A stream to HTTP/1.0 has no chunks, and ends with its connection") func streamsToHTTP10() async throws {
        let test = try TestServer()
        let client = try RawClient(test.endpoint)
        client.get("/orders/a/events", version: "1.0")
        try client.read(until: "order.snapshot")
        #expect(!client.text.contains("transfer-encoding"))
        #expect(client.text.contains("\r\n\r\nretry: 1000\n\n"))
        #expect(await test.server.drain(within: .seconds(20)) == 0)
        #expect(try client.readToEnd().hasSuffix("\"delay\":1000}\n\n"))
    }

    @Test("Loops share a port, and each subscriber gets every update in order") func loopsShareAPort() async throws {
        let test = try TestServer { $0.loops = 3 }
        let clients = try (0..<60).map { _ in try RawClient(test.endpoint) }
        for client in clients { client.get("/orders/a/events") }
        for client in clients { try client.read(until: "order.snapshot") }
        for number in 1...5 { try test.publish("update \(number).") }
        for client in clients { try client.read(until: "update 5.") }
        for client in clients {
            let numbers = client.text.split(separator: "\"message\":\"update ").dropFirst().map { $0.prefix(1) }
            #expect(numbers == ["1", "2", "3", "4", "5"])
        }
        try await test.waitUntil("delivered") { $0.delivered == 300 }
        await test.server.stop()
    }

    @Test("Bodies, headers and connections beyond the limits are refused") func limits() async throws {
        let test = try TestServer {
            $0.limits.connections = 5
            $0.limits.bodyBytes = 100
            $0.limits.headerBytes = 2048
        }
        let large = try RawClient(test.endpoint)
        large.post("/orders", "{\"id\":\"\(String(repeating: "b", count: 200))\"}")
        try large.read(until: "\r\n\r\n")
        #expect(large.text.hasPrefix("HTTP/1.1 413"), "\(large.text)")
        let long = try RawClient(test.endpoint)
        long.get("/orders/a", headers: ["X-Long: \(String(repeating: "h", count: 4000))"])
        #expect(try !long.readToEnd().hasPrefix("HTTP/1.1 200"))
        try await test.waitUntil("the refused to go") { $0.connections == 0 }
        let held = try (0..<5).map { _ in try RawClient(test.endpoint) }
        for client in held { client.get("/orders/a/events") }
        for client in held { try client.read(until: "order.snapshot") }
        let sixth = try RawClient(test.endpoint)
        sixth.get("/orders/a/events")
        try sixth.read(until: "\r\n\r\n")
        #expect(sixth.text.hasPrefix("HTTP/1.1 503"), "\(sixth.text)")
        #expect(sixth.text.contains("retry-after: "))
        withExtendedLifetime(held) {}
        await test.server.stop()
    }

    @Test("A long poll that waits counts among its owner's connections")
    func waitingPollsCountForTheirOwner() async throws {
        let test = try TestServer { $0.limits.connectionsPerOwner = 2 }
        let position = try #require(test.hub.order(TestServer.order)?.position)
        let path = "/orders/a/updates?after=\(position)&wait=60"
        let clients = try (0..<3).map { _ in try RawClient(test.endpoint) }
        for (index, client) in clients.enumerated() {
            client.get(path)
            try await test.waitUntil("the poll") { $0.requests == index + 1 }
        }
        try clients[2].read(until: "\r\n\r\n")
        #expect(clients[2].text.hasPrefix("HTTP/1.1 503") && clients[2].text.contains("retry-after: "))
        // One is answered with the other, and one leaves: their places are free again.
        try test.publish("news.")
        for client in clients.prefix(2) { try client.read(until: "news.") }
        let news = try #require(test.hub.order(TestServer.order)?.position)
        for round in 1...3 {
            let leaving = try (0..<2).map { _ in try RawClient(test.endpoint) }
            for client in leaving { client.get("/orders/a/updates?after=\(news)&wait=60") }
            try await test.waitUntil("round \(round)") { $0.requests == 3 + 2 * round }
            #expect(test.server.statistics.refused == 1)
            for client in leaving { client.leave() }
            try await test.waitUntil("they left") { $0.connections == 3 }
        }
        withExtendedLifetime(clients) {}
        await test.server.stop()
    }

    @Test("A peer that sends its header slowly, or none, is cut at the deadline")
    func slowHeadersAreCut() async throws {
        let test = try TestServer { $0.limits.headerDeadline = .seconds(1) }
        let silent = try RawClient(test.endpoint)
        let slow = try RawClient(test.endpoint)
        slow.send("GET /orders/a HTTP/1.1\r\nHost:")
        #expect(try silent.readToEnd().isEmpty)
        #expect(try slow.readToEnd().isEmpty)
        try await test.waitUntil("no connections") { $0.connections == 0 }
        await test.server.stop()
    }

    /// libwebsockets has a deadline of 5 s of its own.
    @Test("A silent peer is cut at the server's deadline, and no earlier")
    func silentPeersAreCutAtTheServersDeadline() async throws {
        let certificate = try SelfSigned()
        func peers(of server: TestServer, tls: Bool) throws -> [RawClient] {
            let silent = try RawClient(server.endpoint)
            guard !tls else { return [silent] }
            let posting = try RawClient(server.endpoint)
            posting.send("POST /orders HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\n{")
            return [silent, posting]
        }
        for tls in [false, true] {
            func server(deadline: Duration) throws -> TestServer {
                try TestServer {
                    $0.limits.headerDeadline = deadline
                    if tls { $0.tls = .init(certificate: certificate.certificate, key: certificate.key) }
                }
            }
            let patient = try server(deadline: .seconds(600))
            let held = try peers(of: patient, tls: tls)
            let strict = try server(deadline: .seconds(1))
            for peer in try peers(of: strict, tls: tls) { #expect(try peer.readToEnd().isEmpty) }
            try await Task.sleep(for: .seconds(6))
            #expect(patient.server.statistics.connections == held.count)
            withExtendedLifetime(held) {}
            await patient.server.stop()
            await strict.server.stop()
        }
    }

    @Test("An address in use is an error") func anAddressInUseIsAnError() async throws {
        let holder = try RawListener()
        #expect(throws: TransportError.self) { try TestServer { $0.port = holder.port } }
    }

    @Test("A missing certificate is an error") func aMissingCertificateIsAnError() async throws {
        #expect(throws: TransportError.self) {
            try TestServer { $0.tls = .init(certificate: "/nonexistent/cert.pem", key: "/nonexistent/key.pem") }
        }
    }
}

/// A port that is taken by a socket without SO_REUSEPORT.
final class RawListener {
    let port: Int
    private let socket: Int32

    init() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.socket = socket
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(socket, $0, length)
                _ = listen(socket, 1)
                _ = getsockname(socket, $0, &length)
            }
        }
        port = Int(in_port_t(bigEndian: address.sin_port))
    }

    deinit { close(socket) }
}
