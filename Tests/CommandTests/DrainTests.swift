import Foundation
import Testing

/// A signal ends the command in good order, and within its bound.
@Suite struct DrainTests {
    struct Event: Decodable {
        var event: String
        var port: Int?
        var cut: Int?
    }

    /// A server that publishes more than any buffer takes.
    private static func publishing(_ options: String...) async throws -> Command.Running {
        let server = try await Command.start(
            ["serve", "--port", "0", "--auth", "none", "--publish", "orders=1,rate=50000,burst=100,seconds=1,wait=1"]
                + options)
        try await Waiting.until("the server listens") { server.text.contains(/Ctrl-C|"port"/) }
        return server
    }

    /// A reader that has not taken all that the server has published.
    private static func stall(_ server: Command.Running) async throws -> StalledReader {
        let port = try #require(server.text.firstMatch(of: /(?:127\.0\.0\.1|"port"):(\d+)/).flatMap { Int($0.1) })
        let reader = try StalledReader(port: port, path: "/orders/order-0/events")
        try await Waiting.until("all is published") { server.text.contains("published") }
        return reader
    }

    private func events(_ text: String) throws -> [Event] {
        try text.split(separator: "\n").map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
    }

    /// A terminal that closes sends SIGHUP as well, which is no second request.
    @Test(
        "A signal ends the server within its bound although a reader has stalled", .timeLimit(.minutes(1)),
        arguments: [SIGTERM, SIGINT, SIGHUP])
    func aReaderThatStallsDoesNotHoldItUp(signal: Int32) async throws {
        let server = try await Self.publishing("--drain-bound", "1")
        let reader = try await Self.stall(server)
        server.send(signal)
        try await Waiting.until("the drain is told") { server.errorText.contains("draining 1 stream, for 1s at most") }
        server.send(SIGHUP)
        let outcome = try await server.outcome()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.hasSuffix("1 stream did not end in 1s, and was cut\n"), "\(outcome.output)")
        withExtendedLifetime(reader) {}
    }

    @Test("A script is told how many were cut", .timeLimit(.minutes(1)))
    func aScriptIsToldOfTheCut() async throws {
        let server = try await Self.publishing("--drain-bound", "1", "--json")
        let reader = try await Self.stall(server)
        server.send(SIGTERM)
        let outcome = try await server.outcome()
        #expect(outcome.status == 0, "\(outcome)")
        let last = try #require(try events(outcome.output).last)
        #expect(last.event == "stopped" && last.cut == 1, "\(outcome.output)")
        withExtendedLifetime(reader) {}
    }

    @Test(
        "A drain is told with its streams and its bound, and a second Ctrl-C ends it at once",
        .timeLimit(.minutes(1)))
    func aSecondInterruptEndsIt() async throws {
        let server = try await Self.publishing("--drain-bound", "3600")
        let reader = try await Self.stall(server)
        server.send(SIGINT)
        let line = "draining 1 stream, for 3600s at most; a second Ctrl-C ends at once\n"
        try await Waiting.until("the drain is told") { server.errorText.contains(line) }
        server.send(SIGINT)
        let outcome = try await server.outcome()
        #expect(outcome.status == 130, "\(outcome)")
        withExtendedLifetime(reader) {}
    }

    @Test(
        "A signal tells each reader that the server drains", .timeLimit(.minutes(1)),
        arguments: [SIGTERM, SIGINT, SIGHUP])
    func whoeverReadsIsTold(signal: Int32) async throws {
        let server = try await Command.start(["serve", "--json", "--port", "0", "--auth", "none", "--orders", "1"])
        try await Waiting.until("the server listens") { server.text.contains("\n") }
        let port = try #require(try events(server.text).first?.port)
        let reader = try StalledReader(port: port, path: "/orders/order-0/events")
        #expect(reader.read(until: "order.snapshot"))
        server.send(signal)
        // A terminal that closes sends it twice.
        if signal == SIGHUP { server.send(signal) }
        #expect(reader.read(until: "\"reason\":\"draining\""))
        let outcome = try await server.outcome()
        #expect(outcome.status == 0)
        #expect(try events(outcome.output).last?.cut == 0)
    }
}

/// Asks for a stream, and reads no more of it than it is told to.
private final class StalledReader {
    private let socket: Int32

    init(port: Int, path: String) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var size: Int32 = 4096
        setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
        let request = Array("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n".utf8)
        try #require(send(socket, request, request.count, 0) == request.count)
    }

    /// Whether the text comes.
    func read(until wanted: String) -> Bool {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !text.contains(wanted) {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return false }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        return true
    }

    deinit { close(socket) }
}
