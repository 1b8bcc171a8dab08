import Catalog
import ExperimentModel
import FaultInjection
import SeededRandomness
import Testing

/// Faults that delay what they let through: what is checked is order and wholeness, and that what waits is not there yet.
@Suite struct PacedFaultTests {
    private static let paced: [(fault: String, parameters: [String: Double])] = [
        ("latency", ["milliseconds": 3]),
        ("jitter", ["milliseconds": 5]),
        ("bandwidth", ["bytesPerSecond": 4_000_000]),
        ("slicing", ["bytes": 1_000, "pauseMilliseconds": 0.1]),
    ]

    /// Bytes in which any that is lost, doubled or out of its place shows.
    private static func pattern(_ count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: UInt64(count))
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    @Test("Bytes of both directions arrive whole and in order", arguments: paced.indices)
    func keepsBytes(index: Int) async throws {
        let (fault, parameters) = Self.paced[index]
        try await Stage.with { stage in
            let (client, server) = try await stage.connect()
            try await stage.begin(fault, parameters)
            let bytes = Self.pattern(300_000)
            async let sending: Void = client.send(bytes)
            #expect(try await server.receiveBytes(bytes.count).0 == bytes)
            try await sending
            async let answering: Void = server.send(bytes)
            #expect(try await client.receiveBytes(bytes.count).0 == bytes)
            try await answering
            server.endOutput()
            #expect(try await client.receiveAll().end == .fin)
        }
    }

    @Test("All of them together keep bytes whole, on connections that open meanwhile as well")
    func composes() async throws {
        try await Stage.with { stage in
            for (fault, parameters) in Self.paced { try await stage.begin(fault, parameters) }
            let (client, server) = try await stage.connect()
            let bytes = Self.pattern(50_000)
            async let sending: Void = server.send(bytes)
            #expect(try await client.receiveBytes(bytes.count).0 == bytes)
            try await sending
        }
    }

    @Test("What waits has not arrived, and goes out at once when the fault ends", arguments: ["toServer", "toClient"])
    func releasesWhenRepaired(direction: String) async throws {
        try await Stage.with { stage in
            let (client, server) = try await stage.connect()
            var parameters: [String: Double] = ["milliseconds": 60_000, "toServer": 0, "toClient": 0]
            parameters[direction] = 1
            try await stage.begin("latency", parameters)
            let (sender, receiver) = direction == "toServer" ? (client, server) : (server, client)
            // The other direction is as fast as ever.
            try await receiver.send("back")
            #expect(try await sender.receive(4) == "back")
            try await sender.send("one")
            try await stage.waitUntilRead(direction == "toServer" ? .client : .server, 3)
            sender.endOutput()
            #expect(receiver.isSilent)
            try await stage.repair()
            let received = try await receiver.receiveAll()
            #expect(received.text == "one" && received.end == .fin)
        }
    }

    @Test("A slow way makes the sender wait, and keeps a bounded number of bytes")
    func keepsBackpressure() async throws {
        try await Stage.with { stage in
            let (client, server) = try await stage.connect()
            try await stage.begin("bandwidth", ["bytesPerSecond": 1, "toClient": 0])
            // The window, and what kernels take: send and receive buffers are at most some megabytes each.
            let chunk = [UInt8](repeating: 7, count: 65_536)
            var sent = 0
            var refusals = 0
            while refusals < 200, sent < 256 << 20 {
                let count = client.sendNow(chunk[...])
                sent += count
                refusals = count == 0 ? refusals + 1 : 0
                if count == 0 { try await Task.sleep(for: .milliseconds(2)) }
            }
            #expect(sent < 64 << 20)
            let read = try await stage.proxy.withCore { $0.openConnections[0].bytes.fromClient }
            #expect(read <= 2 * 256 * 1024)
            // And nothing of it is lost.
            try await stage.repair()
            #expect(try await server.receiveBytes(sent).0.count == sent)
        }
    }
}
