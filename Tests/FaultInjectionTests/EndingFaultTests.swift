import Catalog
import ExperimentModel
import FaultInjection
import Testing

/// Faults that end connections.
@Suite struct EndingFaultTests {
    @Test("A reset reaches both peers as a RST, and connections that open later are not touched")
    func resets() async throws {
        try await Stage.with { stage in
            let (client, server) = try await stage.openStream()
            try await stage.begin("reset")
            #expect(try await client.receiveAll().end == .reset)
            #expect(try await server.receiveAll().end == .reset)
            let later = try await stage.connect()
            try await later.client.send("hello")
            #expect(try await later.server.receive(5) == "hello")
            #expect(try await stage.log.map(\.event) == [.began, .reset, .ended])
        }
    }

    @Test("A FIN reaches both peers after what was written, also where bytes have not been read")
    func finishes() async throws {
        try await Stage.with { stage in
            let (client, server) = try await stage.openStream()
            try await server.send("data: 1\n\n")
            #expect(try await client.receive(9) == "data: 1\n\n")
            try await stage.begin("fin")
            // On its way as the proxy ends the connection: it must not turn the FIN into a RST.
            try await client.send("more")
            #expect(try await client.receiveAll() == ("", .fin))
            #expect(try await server.receiveAll().end == .fin)
        }
    }

    @Test("A half close ends one direction, and the other goes on", arguments: [false, true])
    func halfCloses(toServer: Bool) async throws {
        try await Stage.with { stage in
            let (client, server) = try await stage.connect()
            try await client.send("up")
            #expect(try await server.receive(2) == "up")
            try await stage.begin("half-close", ["toServer": toServer ? 1 : 0])
            let (ended, other) = toServer ? (server, client) : (client, server)
            #expect(try await ended.receiveAll() == ("", .fin))
            try await ended.send("still heard")
            #expect(try await other.receive(11) == "still heard")
            // Whose bytes are thrown away hears nothing of it.
            try await other.send("into the void")
            #expect(other.isSilent)
        }
    }

    @Test("A byte limit cuts in the middle of an event, counted after the head", arguments: [0.0, 1.0])
    func limitsBytes(reset: Double) async throws {
        try await Stage.with { stage in
            try await stage.begin("byte-limit", ["bytes": 12, "reset": reset])
            let (client, server) = try await stage.openStream()
            try await server.send("data: one\n\ndata: two\n\n")
            let received = try await client.receiveAll()
            #expect(received.text == "data: one\n\nd")
            #expect(received.end == (reset == 1 ? .reset : .fin))
        }
    }

    @Test(
        "What one fault holds back another may cut, whichever began first",
        arguments: ["latency", "jitter", "bandwidth", "slicing"], [false, true])
    func cutsWhatIsHeldBack(pacing: String, cutsFirst: Bool) async throws {
        try await Stage.with { stage in
            if cutsFirst { try await stage.begin("byte-limit", ["bytes": 12, "reset": 0]) }
            try await stage.begin(pacing)
            if !cutsFirst { try await stage.begin("byte-limit", ["bytes": 12, "reset": 0]) }
            let (client, server) = try await stage.openStream()
            try await server.send("data: one\n\ndata: two\n\n")
            #expect(try await client.receiveAll() == ("data: one\n\nd", .fin))
        }
    }

    @Test(
        "On a connection that was open already, a byte limit counts from the fault's beginning, within a frame as well")
    func limitsBytesOfOpenConnections() async throws {
        try await Stage.with { stage in
            let (client, server) = try await stage.openStream(HTTPText.switching)
            try await server.send("\u{1}\u{3}abc")
            #expect(try await client.receive(5) == "\u{1}\u{3}abc")
            try await stage.begin("byte-limit", ["bytes": 3])
            try await server.send("\u{1}\u{3}def")
            #expect(try await client.receiveAll() == ("\u{1}\u{3}d", .fin))
        }
    }

    @Test("A handshake is cut within the client's first flight, or before the reply", arguments: [10.0, 65_536])
    func cutsHandshakes(bytes: Double) async throws {
        try await Stage.with { stage in
            let older = try await stage.openStream()
            try await stage.begin("cut-handshake", ["bytes": bytes])
            let (client, server) = try await stage.connect()
            try await client.send(HTTPText.request)
            if bytes == 10 {
                #expect(try await server.receiveAll() == ("GET /order", .reset))
            } else {
                #expect(try await server.receive(HTTPText.request.utf8.count) == HTTPText.request)
                try await server.send(HTTPText.eventStream)
                #expect(try await server.receiveAll().end == .reset)
            }
            #expect(try await client.receiveAll() == ("", .reset))
            try await older.server.send("data: 1\n\n")
            #expect(try await older.client.receive(9) == "data: 1\n\n")
        }
    }

    @Test("A response is cut within its head, or at its end")
    func cutsHeads() async throws {
        for (bytes, expected) in [(20.0, "HTTP/1.1 200 OK\r\nCon"), (500, HTTPText.eventStream)] {
            try await Stage.with { stage in
                let (oldClient, oldServer) = try await stage.openStream()
                try await stage.begin("cut-headers", ["bytes": bytes, "reset": 0])
                let (client, server) = try await stage.connect()
                try await client.send(HTTPText.request)
                try await server.send(HTTPText.eventStream + "data: 1\n\n")
                #expect(try await client.receiveAll() == (expected, .fin))
                try await oldServer.send("data: 2\n\n")
                #expect(try await oldClient.receive(9) == "data: 2\n\n")
            }
        }
    }

    @Test("A replay is cut on new connections, and never on those that were open")
    func cutsReplays() async throws {
        try await Stage.with { stage in
            let (oldClient, oldServer) = try await stage.openStream()
            let fault = try await stage.begin("cut-replay", ["bytes": 4, "reset": 0])
            let (client, server) = try await stage.openStream()
            try await server.send("data: 1\n\n")
            #expect(try await client.receiveAll() == ("data", .fin))
            try await oldServer.send("data: 2\n\n")
            #expect(try await oldClient.receive(9) == "data: 2\n\n")
            #expect(try await stage.log.filter { $0.event == .finished }.map(\.id) == [fault])
        }
    }

    @Test("An idle connection is cut, and one with traffic lives for longer than the limit")
    func cutsIdle() async throws {
        try await Stage.with { stage in
            let (busyClient, busyServer) = try await stage.openStream()
            let (client, server) = try await stage.openStream()
            try await stage.begin("idle-cut", ["seconds": 0.6])
            // A heartbeat each tenth of the limit, for as long as the idle one lives.
            var beats = 0
            while client.isSilent {
                try await busyServer.send(":\n\n")
                #expect(try await busyClient.receive(3) == ":\n\n")
                beats += 1
                try await Task.sleep(for: .milliseconds(60))
            }
            #expect(try await client.receiveAll() == ("", .fin))
            #expect(try await server.receiveAll().end == .fin)
            #expect(beats > 0)
            #expect(try await stage.log.filter { $0.event == .finished }.map(\.connection) == [2])
        }
    }

    @Test("Without a fault, each peer's end reaches the other as it is")
    func relaysEnds() async throws {
        try await Stage.with { stage in
            let first = try await stage.connect()
            try await first.client.send("bye")
            first.client.endOutput()
            #expect(try await first.server.receiveAll() == ("bye", .fin))
            // The other direction is open still.
            try await first.server.send("and back")
            first.server.endOutput()
            #expect(try await first.client.receiveAll() == ("and back", .fin))
            try await stage.waitUntilOpen(0)

            var second: (client: TestSocket, server: TestSocket)? = try await stage.connect()
            let server = try #require(second?.server)
            second?.client.makeResetting()
            second = nil
            #expect(try await server.receiveAll().end == .reset)
            try await stage.waitUntilOpen(0)
        }
    }

    @Test("The share of connections that a fault touches follows from the seed")
    func touchesAShare() async throws {
        var touched: [[Int?]] = []
        for seed: UInt64 in [3, 3, 4] {
            try await Stage.with(seed: seed) { stage in
                var pairs: [(client: TestSocket, server: TestSocket)] = []
                for _ in 0..<40 { pairs.append(try await stage.connect()) }
                try await stage.begin("reset", ["share": 0.5])
                touched.append(try await stage.log.filter { $0.event == .reset }.map(\.connection))
                #expect(try await stage.proxy.withCore { $0.openConnections.count } == 40 - (touched.last?.count ?? 0))
            }
        }
        #expect((5...35).contains(touched[0].count))
        #expect(touched[0] == touched[1])
        #expect(touched[0] != touched[2])
    }
}
