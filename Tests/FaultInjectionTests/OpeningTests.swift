import Catalog
import ExperimentModel
import FaultInjection
import Testing

/// What becomes of connections that open.
@Suite struct OpeningTests {
    @Test("A slow accept lets a connection wait, and ends with the fault")
    func acceptsSlowly() async throws {
        try await Stage.with { stage in
            try await stage.begin("slow-accept", ["milliseconds": 60_000])
            let client = try TestSocket.connect(to: stage.proxy.port)
            try await client.send("hello")
            try await stage.waitUntilOpen(1)
            #expect(stage.server.isIdle)
            try await stage.repair()
            let server = try await stage.server.accept()
            #expect(try await server.receive(5) == "hello")
        }
    }

    @Test("A slow accept is over by itself")
    func acceptsAfterAWhile() async throws {
        try await Stage.with { stage in
            try await stage.begin("slow-accept", ["milliseconds": 20])
            let (client, server) = try await stage.connect()
            try await client.send("hello")
            #expect(try await server.receive(5) == "hello")
        }
    }

    @Test("A client that leaves while it waits is forgotten")
    func forgetsThoseWhoLeave() async throws {
        try await Stage.with { stage in
            try await stage.begin("black-hole")
            var client: TestSocket? = try TestSocket.connect(to: stage.proxy.port)
            try await stage.waitUntilOpen(1)
            client?.makeResetting()
            client = nil
            try await stage.waitUntilOpen(0)
            try await stage.repair()
            #expect(stage.server.isIdle)
        }
    }

    @Test("A server that takes no connection becomes a RST to the client")
    func reportsAnUnreachableServer() async throws {
        try await Stage.with { stage in
            let client: TestSocket
            let (first, second) = try await stage.connect()
            _ = (first, second)
            stage.server.stop()
            client = try TestSocket.connect(to: stage.proxy.port)
            #expect(try await client.receiveAll() == ("", .reset))
            #expect(try await stage.log.last?.event == .unreachable)
        }
    }

    @Test("Connections beyond the limit are reset, and make room when others leave")
    func refusesBeyondTheLimit() async throws {
        try await Stage.with(maximumConnections: 2) { stage in
            var pairs = [try await stage.connect(), try await stage.connect()]
            let refused = try TestSocket.connect(to: stage.proxy.port)
            #expect(try await refused.receiveAll().end == .reset)
            #expect(try await stage.log.map(\.event) == [.refused])
            pairs.removeLast()
            try await stage.waitUntilOpen(1)
            pairs.append(try await stage.connect())
            try await pairs[1].client.send("room")
            #expect(try await pairs[1].server.receive(4) == "room")
        }
    }

    @Test("Hundreds of connections are cut at once, come back, and leave nothing behind")
    func carriesMany() async throws {
        try await Stage.with { stage in
            for _ in 0..<2 {
                var pairs: [(client: TestSocket, server: TestSocket)] = []
                for _ in 0..<300 { pairs.append(try await stage.connect()) }
                for pair in pairs { try await pair.server.send("update") }
                for pair in pairs { #expect(try await pair.client.receive(6) == "update") }
                try await stage.begin("reset")
                for pair in pairs {
                    #expect(try await pair.client.receiveAll().end == .reset)
                    #expect(try await pair.server.receiveAll().end == .reset)
                }
                try await stage.waitUntilOpen(0)
            }
            #expect(try await stage.proxy.withCore { $0.accepted } == 600)
        }
    }
}
