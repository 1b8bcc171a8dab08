import Foundation
import Testing

/// The budget of the fan-out: no allocation for each subscriber of each update. Counted in the real server, into which
/// `Tests/AllocationCounter` is loaded.
@Suite(.enabled(if: dlsym(nil, "__asan_init") == nil, "the address sanitizer has allocations of its own"))
struct AllocationTests {
    private struct Event: Decodable {
        var port: Int?
        var delivered: Int?
    }

    private static let updates = 150

    /// Ten times the subscribers make nine hundred more deliveries of each update. One allocation for each of these would
    /// make the difference 135,000; what differs by chance is the requests that publish, some dozens of allocations each, of the
    /// quarter of a second between two looks.
    @Test("A delivery to one more subscriber allocates nothing", arguments: ["sse", "websocket"])
    func aDeliveryAllocatesNothing(transport: String) async throws {
        let few = try await allocations(transport, subscribers: 100)
        let many = try await allocations(transport, subscribers: 1_000)
        #expect(many > Self.updates, "\(many): a request allocates something, so it is not counted")
        #expect(many - few < 900 * Self.updates / 10, "\(few) with 100 subscribers, \(many) with 1,000")
    }

    /// This shows that allocations are counted.
    @Test("A long poll allocates something for each of its requests")
    func aRequestForEachDeliveryIsSeen() async throws {
        let few = try await allocations("long-polling", subscribers: 10)
        let many = try await allocations("long-polling", subscribers: 100)
        #expect(many - few > 90 * Self.updates, "\(few) with 10 subscribers, \(many) with 100")
    }

    /// How many the server makes while so many updates of one order reach so many subscribers.
    private func allocations(_ transport: String, subscribers: Int) async throws -> Int {
        try await Command.inFolder { folder in
            let counter = URL(filePath: Command.path).deletingLastPathComponent()
                .appending(path: "libAllocationCounter.so").path
            try #require(FileManager.default.fileExists(atPath: counter), "\(counter) is not built")
            let count = folder + "/count"
            let server = try await Command.start(
                program: "env",
                [
                    "LD_PRELOAD=\(counter)", "ALLOCATION_COUNT=\(count)", Command.path, "serve", "--json", "--port",
                    "0",
                    "--auth", "none", "--orders", "1", "--heartbeat-kind", "off", "--max-connections-per-owner", "2000",
                ])
            let result: Result<Int, any Error>
            do {
                result = .success(try await allocations(of: server, in: count, transport, subscribers))
            } catch { result = .failure(error) }
            server.send(SIGTERM)
            _ = try await server.outcome()
            return try result.get()
        }
    }

    private func allocations(
        of server: Command.Running, in count: String, _ transport: String, _ subscribers: Int
    ) async throws -> Int {
        try await Waiting.until("the server listens") { server.text.contains("\n") }
        let port = try #require(try event(in: server.text)?.port)
        let load = try await Command.start([
            "load", "--json", "--url", "http://127.0.0.1:\(port)", "--transport", transport, "--connections",
            "\(subscribers)", "--orders", "1", "--rate", "50", "--warmup", "1s", "--seconds", "3600s",
        ])
        try await Waiting.until("the window begins") { load.text.contains(#""event":"measuring""#) }
        let (before, start) = (try read(count), try delivered(load))
        try await Waiting.until("the updates have arrived") {
            (try? delivered(load)).map { $0 >= start + Self.updates * subscribers } ?? false
        }
        let after = try read(count)
        // Before it closes its connections: that is no delivery.
        load.send(SIGINT)
        _ = try await load.outcome()
        return after - before
    }

    /// By the last event that it told.
    private func delivered(_ load: Command.Running) throws -> Int {
        let text = load.text
        let whole = text.prefix(upTo: try #require(text.lastIndex(of: "\n")))
        return try #require(try event(in: String(whole))?.delivered)
    }

    /// Of the last line.
    private func event(in text: String) throws -> Event? {
        try text.split(separator: "\n").last.map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
    }

    private func read(_ path: String) throws -> Int {
        let data = try Data(contentsOf: URL(filePath: path))
        return Int(data.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    }
}
