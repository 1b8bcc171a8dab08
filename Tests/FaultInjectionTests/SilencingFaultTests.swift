import Catalog
import ExperimentModel
import FaultInjection
import Testing

/// Faults that hold bytes back and tell nobody.
@Suite struct SilencingFaultTests {
    @Test("A black hole holds back both directions, or one", arguments: [(1.0, 1.0), (1, 0), (0, 1)])
    func swallows(toServer: Double, toClient: Double) async throws {
        try await Stage.with { stage in
            let (client, server) = try await stage.connect()
            try await client.send("before")
            #expect(try await server.receive(6) == "before")
            try await stage.begin("black-hole", ["toServer": toServer, "toClient": toClient])
            try await client.send("up")
            try await server.send("down")
            if toServer == 0 { #expect(try await server.receive(2) == "up") }
            if toClient == 0 { #expect(try await client.receive(4) == "down") }
            try await stage.waitForLog(.held, count: Int(toServer + toClient))
            if toServer == 1 { #expect(server.isSilent) }
            if toClient == 1 { #expect(client.isSilent) }
            // What a network has not delivered it delivers later.
            try await stage.repair()
            if toServer == 1 { #expect(try await server.receive(2) == "up") }
            if toClient == 1 { #expect(try await client.receive(4) == "down") }
            try await client.send("after")
            #expect(try await server.receive(5) == "after")
        }
    }

    @Test("Nobody hears of an end while there is a black hole", arguments: [false, true])
    func swallowsEnds(reset: Bool) async throws {
        try await Stage.with { stage in
            var pair: (client: TestSocket, server: TestSocket)? = try await stage.openStream()
            let server = try #require(pair?.server)
            try await stage.begin("black-hole")
            if reset { pair?.client.makeResetting() }
            pair = nil
            try await stage.wait("the proxy has noticed") {
                try await stage.proxy.withCore { !$0.openConnections[0].isOpenTo(.client) }
            }
            #expect(server.isSilent)
            try await stage.repair()
            #expect(try await server.receiveAll().end == (reset ? .reset : .fin))
        }
    }

    @Test("New connections are held until the repair, or pass, as the option says")
    func holdsNewConnections() async throws {
        try await Stage.with { stage in
            let passing = try await stage.begin("black-hole", ["newConnections": 0])
            let (client, server) = try await stage.connect()
            try await client.send("hello")
            #expect(try await server.receive(5) == "hello")
            try await stage.proxy.withCore { core in #expect(core.end(id: passing) == 1) }

            try await stage.begin("black-hole")
            let held = try TestSocket.connect(to: stage.proxy.port)
            try await held.send("later")
            try await stage.waitUntilOpen(2)
            #expect(stage.server.isIdle)
            try await stage.repair()
            let accepted = try await stage.server.accept()
            #expect(try await accepted.receive(5) == "later")
        }
    }

    @Test("A 101 passes, then nothing in either direction until the repair")
    func silencesAfter101() async throws {
        try await Stage.with { stage in
            let (oldClient, oldServer) = try await stage.openStream(HTTPText.switching)
            try await stage.begin("silent-101")
            let (client, server) = try await stage.connect()
            try await client.send(HTTPText.upgrade)
            #expect(try await server.receive(upTo: "\r\n\r\n") == HTTPText.upgrade)
            try await server.send(HTTPText.switching + "frame")
            #expect(try await client.receive(HTTPText.switching.utf8.count) == HTTPText.switching)
            try await client.send("frame to server")
            try await stage.waitUntilRead(.client, HTTPText.upgrade.utf8.count + 15, connection: 1)
            #expect(client.isSilent && server.isSilent)
            // Plain responses pass, and so does what was upgraded before.
            let (plainClient, plainServer) = try await stage.openStream()
            try await plainServer.send("data: 1\n\n")
            #expect(try await plainClient.receive(9) == "data: 1\n\n")
            try await oldServer.send("old")
            #expect(try await oldClient.receive(3) == "old")
            try await stage.repair()
            #expect(try await client.receive(5) == "frame")
            #expect(try await server.receive(15) == "frame to server")
        }
    }

    @Test("A buffered body waits until the buffer is full, or the response or the connection ends")
    func buffersBodies() async throws {
        try await Stage.with { stage in
            try await stage.begin("buffer-response", ["bytes": 20])
            let (client, server) = try await stage.openStream()
            try await server.send("data: one\n\n")
            try await stage.waitForLog(.held)
            #expect(client.isSilent)
            try await server.send("data: two\n\n")
            #expect(try await client.receive(22) == "data: one\n\ndata: two\n\n")
            try await server.send("data: three\n\n")
            server.endOutput()
            #expect(try await client.receiveAll() == ("data: three\n\n", .fin))

            let (pollClient, pollServer) = try await stage.connect()
            let response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nshort"
            for _ in 0..<2 {
                try await pollClient.send(HTTPText.request)
                #expect(try await pollServer.receive(upTo: "\r\n\r\n") == HTTPText.request)
                try await pollServer.send(response)
                #expect(try await pollClient.receive(response.utf8.count) == response)
            }
        }
    }
}
