import Catalog
import ExperimentModel
import FaultInjection
import Foundation
import Testing

/// Faults that read HTTP.
@Suite struct HTTPFaultTests {
    @Test(
        "A status is answered in the server's place, and the server hears of nothing",
        arguments: [(204, 0), (401, 0), (403, 0), (404, 0), (502, 0), (503, 0), (503, 7)])
    func answers(status: Int, retryAfter: Int) async throws {
        try await Stage.with { stage in
            try await stage.begin("respond", ["status": Double(status), "retryAfter": Double(retryAfter)])
            let client = try TestSocket.connect(to: stage.proxy.port)
            try await client.send(String(HTTPText.request.dropLast(10)))
            try await client.send(String(HTTPText.request.suffix(10)))
            let (text, end) = try await client.receiveAll()
            #expect(end == .fin)
            #expect(text.hasPrefix("HTTP/1.1 \(status) ") && text.hasSuffix("\r\n\r\n"))
            #expect(text.contains("Content-Length: 0\r\n") == (status != 204))
            #expect(text.contains("Retry-After: \(retryAfter)\r\n") == (retryAfter > 0))
            #expect(text.contains("WWW-Authenticate: ") == (status == 401))
            #expect(stage.server.isIdle)
            // Repaired, the server is asked again.
            try await stage.repair()
            _ = try await stage.openStream()
        }
    }

    @Test("Streams go on while new requests are answered, on connections that are kept as well")
    func answersNewRequestsOnly() async throws {
        try await Stage.with { stage in
            let stream = try await stage.openStream()
            let socket = try await stage.openStream(HTTPText.switching)
            let (client, server) = try await stage.connect()
            // A response that is not over when the fault begins.
            try await client.send(HTTPText.request)
            _ = try await server.receive(upTo: "\r\n\r\n")
            try await server.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
            #expect(try await client.receive(upTo: "ab").hasSuffix("ab"))
            try await stage.begin("respond")
            try await server.send("cd")
            #expect(try await client.receive(2) == "cd")
            try await stream.server.send("data: 1\n\n")
            #expect(try await stream.client.receive(9) == "data: 1\n\n")
            try await socket.client.send("GET is a frame here")
            #expect(try await socket.server.receive(19) == "GET is a frame here")
            try await client.send(HTTPText.request)
            #expect(try await client.receiveAll().text.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(try await server.receiveAll() == ("", .fin))
        }
    }

    @Test("A connection that waits without a request is served after the repair")
    func connectsAfterTheRepair() async throws {
        try await Stage.with { stage in
            try await stage.begin("respond")
            let client = try TestSocket.connect(to: stage.proxy.port)
            try await stage.waitUntilOpen(1)
            try await stage.repair()
            let server = try await stage.server.accept()
            try await client.send(HTTPText.request)
            #expect(try await server.receive(upTo: "\r\n\r\n") == HTTPText.request)
        }
    }

    @Test("What is not HTTP/1.1 passes a fault that must read it")
    func letsTLSPass() async throws {
        try await Stage.with { stage in
            try await stage.begin("respond")
            let client = try TestSocket.connect(to: stage.proxy.port)
            try await client.send([0x16, 0x03, 0x01, 0x00, 0x02, 0x01, 0x00])
            let server = try await stage.server.accept()
            #expect(try await server.receiveBytes(7).0 == [0x16, 0x03, 0x01, 0x00, 0x02, 0x01, 0x00])
        }
    }

    @Test("An answer goes through a fault that began before it")
    func composesWithLatency() async throws {
        try await Stage.with { stage in
            try await stage.begin("slicing", ["bytes": 3])
            try await stage.begin("latency", ["milliseconds": 5])
            try await stage.begin("respond", ["status": 502])
            let client = try TestSocket.connect(to: stage.proxy.port)
            try await client.send(HTTPText.request)
            let (text, end) = try await client.receiveAll()
            #expect(text.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n") && text.hasSuffix("\r\n\r\n"))
            #expect(end == .fin)
        }
    }

    @Test("Upgrade and Connection are taken out of a request, in whatever pieces it comes", arguments: [1, 7, 1_000])
    func stripsUpgrades(size: Int) async throws {
        try await Stage.with { stage in
            try await stage.begin("strip-upgrade")
            let (client, server) = try await stage.connect()
            let bytes = Array((HTTPText.upgrade + "after").utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                try await client.send(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            let expected = "GET /orders/1/socket HTTP/1.1\r\nHost: orders\r\nSec-WebSocket-Key: x\r\n\r\nafter"
            #expect(try await server.receive(expected.utf8.count) == expected)
            #expect(try await stage.log.contains { $0.event == .stripped })
        }
    }

    @Test("A request without an Upgrade passes as it is")
    func leavesOtherRequests() async throws {
        try await Stage.with { stage in
            try await stage.begin("strip-upgrade")
            let (client, server) = try await stage.connect()
            try await client.send(HTTPText.request)
            #expect(try await server.receive(upTo: "\r\n\r\n") == HTTPText.request)
            #expect(try await !stage.log.contains { $0.event == .stripped })
        }
    }
}
