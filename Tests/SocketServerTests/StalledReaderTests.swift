import Glibc
import OrderUpdates
import Testing
import TransportCore
import Transports

/// Readers that stop to read: what they cost, and what they find when they go on, or when the server ends.
@Suite(.serialized, .ownThreads) struct StalledReaderTests {
    @Test("A reader that stalls finds one loss and a snapshot, and the others are unharmed")
    func harmsNobody() async throws {
        let test = try TestServer()
        let stalled = try RawClient(test.endpoint, receiveBuffer: 4096)
        stalled.get("/orders/a/events")
        try await test.waitUntil("the stalled reader") { $0.subscribers == 1 }
        let reader = try RawClient(test.endpoint)
        reader.get("/orders/a/events")
        try reader.read(until: "order.snapshot")
        try Self.flood(test, reader)
        #expect(test.server.statistics.subscribers == 2)
        // What the stalled reader finds when it reads again: what was on its way, then one loss, then a snapshot.
        try stalled.read(until: "x1000.")
        #expect(stalled.count(of: "event: position.lost") == 1)
        #expect(stalled.count(of: "event: order.snapshot") == 2)
        await test.server.stop()
    }

    /// Publishes more than any buffer holds, at the pace of a reader that does read.
    private static func flood(_ test: TestServer, _ reader: RawClient) throws {
        let filler = String(repeating: "x", count: 8_000)
        for number in 1...1_000 {
            try test.publish("\(filler)\(number).")
            if number % 20 == 0 { try reader.read(until: "x\(number).") }
        }
    }

    /// Begins a drain, and returns when it has told every stream.
    private static func beginDrain(_ test: TestServer) throws -> Task<Int, Never> {
        let witness = try RawClient(test.endpoint)
        witness.get("/readyz")
        try witness.read(until: "ready")
        let draining = Task { await test.server.drain(within: .seconds(20)) }
        while witness.count(of: "draining") == 0 {
            let known = witness.count(of: "HTTP/1.1")
            witness.get("/readyz")
            while witness.count(of: "HTTP/1.1") == known { try witness.read(until: "}") }
        }
        return draining
    }

    /// The last chunk is the last: nothing of the order follows it.
    @Test("The stream of a reader that stalled ends with its close event")
    func aDrainedStreamEndsWithItsClose() async throws {
        let test = try TestServer()
        let stalled = try RawClient(test.endpoint, receiveBuffer: 4096)
        stalled.get("/orders/a/events")
        let reader = try RawClient(test.endpoint)
        reader.get("/orders/a/events")
        try reader.read(until: "order.snapshot")
        try await test.waitUntil("both") { $0.subscribers == 2 }
        try Self.flood(test, reader)
        let draining = try Self.beginDrain(test)
        let text = try stalled.readToEnd()
        // Without a comparison that would print all of it.
        let endsWithItsClose = text.hasSuffix("\"delay\":1000}\n\n\r\n0\r\n\r\n")
        #expect(endsWithItsClose, "\(text.suffix(200))")
        #expect(stalled.count(of: "event: close") == 1)
        #expect(await draining.value == 0)
    }

    /// The close frame leaves with the last of what waited, though that asks for no further turn.
    @Test("The WebSocket of a reader that stalled ends with its close frame")
    func aDrainedWebSocketGetsItsCloseFrame() async throws {
        let test = try TestServer()
        let stalled = try RawClient(test.endpoint, receiveBuffer: 4096)
        stalled.get("/orders/a/socket", headers: webSocketHeaders)
        let reader = try RawClient(test.endpoint)
        reader.get("/orders/a/events")
        try reader.read(until: "order.snapshot")
        try await test.waitUntil("both") { $0.subscribers == 2 }
        try Self.flood(test, reader)
        // Its answer waits here, behind the frame that the socket took a part of.
        stalled.sendFrame("{\"type\":\"subscribe\",\"orderId\":\"none\"}")
        try await test.waitUntil("the answer") { $0.refused == 1 }
        let draining = try Self.beginDrain(test)
        try stalled.read(until: "\"status\":404")
        try stalled.read(until: "{\"code\":1012,\"reason\":\"draining\"")
        stalled.leave()
        #expect(await draining.value == 0)
    }

    // In a process of its own: it looks at the memory of the whole.
    @Test(
        "Readers that stall cost bounded memory",
        .enabled(if: getenv("ASAN_OPTIONS") == nil, "the address sanitizer keeps what is freed"),
        arguments: ["/events?order=a&order=b&", "/orders/a/events?", "/orders/a/socket?"])
    func costsBoundedMemory(path: String) async {
        await #expect(processExitsWith: .success) { [path] in
            // So many that the allocator's own steps do not matter beside them.
            let count = 32
            let bound = 512 * 1024
            let test = try TestServer { $0.limits.pendingBytes = bound }
            try test.hub.create(OrderID("b")!, owner: "alice", status: .activating)
            let reader = try RawClient(test.endpoint)
            reader.get("/orders/a/events")
            try reader.read(until: "order.snapshot")
            // Nearly as large as an update may be: a batch of events is many times the bound.
            let filler = String(repeating: "x", count: 60_000)
            func publish(_ numbers: ClosedRange<Int>) throws {
                for number in numbers {
                    try test.publish("\(filler)\(number).")
                    try reader.read(until: "x\(number).")
                    reader.forget()
                }
            }
            // The hub's history is full then, and takes no more.
            try publish(1...300)
            let before = Memory.privateBytes
            // They come back from 200 updates ago, and so are due all of them at once.
            let last = try #require(test.hub.order(TestServer.order))
            let after =
                path.hasPrefix("/events")
                ? StreamPosition(epoch: test.hub.epoch, offset: last.sequence - 200)
                : StreamPosition(epoch: last.position.epoch, offset: last.position.offset - 200)
            let stalled = try (0..<count).map { _ in try RawClient(test.endpoint, receiveBuffer: 4096) }
            for client in stalled {
                client.get(path + "after=\(after)", headers: path.contains("socket") ? webSocketHeaders : [])
            }
            try await test.waitUntil("all") { $0.subscribers >= count + 1 }
            try publish(301...700)
            let grown = Memory.privateBytes - before
            let unsent = Memory.unsentBytes(port: test.endpoint.port)
            guard test.server.statistics.positionsLost == 0, before > 0 else { exit(EXIT_FAILURE) }
            guard grown < count * bound, unsent < count * bound / 2 else { exit(EXIT_FAILURE) }
            withExtendedLifetime(stalled) {}
        }
    }
}

/// What the kernel says of this process's memory and of its sockets'.
private enum Memory {
    /// Pages that are this process's alone.
    static var privateBytes: Int {
        lines("/proc/self/smaps_rollup").filter { $0.hasPrefix("Private_") }
            .compactMap { $0.split(separator: " ").dropFirst().first.flatMap { Int($0) } }.reduce(0, +) * 1024
    }

    /// Bytes that the kernel holds for the peers of a port.
    static func unsentBytes(port: Int) -> Int {
        func number(_ digits: Substring?) -> Int? { digits.flatMap { Int($0, radix: 16) } }
        var bytes = 0
        for line in lines("/proc/net/tcp") {
            // A line's number, our address and port, the peer's, the state, what is unsent and unread.
            let fields = line.split(separator: " ").map { $0.split(separator: ":") }
            guard fields.count > 4, number(fields[1].last) == port else { continue }
            bytes += number(fields[4].first) ?? 0
        }
        return bytes
    }

    private static func lines(_ path: String) -> [String] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var lines: [String] = []
        var buffer = [CChar](repeating: 0, count: 4096)
        while fgets(&buffer, Int32(buffer.count), file) != nil {
            lines.append(String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
        }
        return lines
    }
}
