import Catalog
import ExperimentModel
import FaultInjection
import NIOCore
import NIOPosix
import Testing

/// A connection that the proxy has accepted, and that is not active yet: what faults make of it.
@Suite struct AcceptingTests {
    @Test("A fault that begins as a connection is accepted is on it once, and its end lets it go on")
    func beginsWhileAccepted() async throws {
        try await Self.accepting { core in
            _ = try core.begin(FaultStep("black-hole"))
        } then: { stage, client in
            try await client.send("hello")
            try await stage.wait("the connection is open in the hole") {
                try await stage.proxy.withCore { $0.openConnections.map(\.faultIDs) } == [[1]]
            }
            #expect(stage.server.isIdle)
            try await stage.repair()
            let server = try await stage.server.accept()
            #expect(try await server.receive(5) == "hello")
            #expect(try await stage.proxy.withCore { $0.openConnections.map(\.faultIDs) } == [[]])
        }
    }

    @Test("A fault that begins and ends as a connection is accepted leaves nothing, and it asks the server once")
    func endsWhileAccepted() async throws {
        try await Self.accepting { core in
            _ = try core.begin(FaultStep("black-hole"))
            _ = core.end()
        } then: { stage, client in
            let server = try await stage.server.accept()
            try await client.send("hello")
            #expect(try await server.receive(5) == "hello")
            #expect(stage.server.isIdle)
        }
    }

    @Test("A delay that begins as a connection is accepted is there once, and gone after its repair")
    func delaysWhileAccepted() async throws {
        try await Self.accepting { core in
            _ = try core.begin(FaultStep("latency", parameters: ["milliseconds": 60_000]))
        } then: { stage, client in
            let server = try await stage.server.accept()
            try await client.send("hello")
            try await stage.waitUntilRead(.client, 5)
            #expect(server.isSilent)
            try await stage.repair()
            #expect(try await server.receive(5) == "hello")
        }
    }

    @Test("A connection that opens in a hole is held, and the log says so once")
    func logsWhatOpensInAHole() async throws {
        try await Stage.with { stage in
            let hole = try await stage.begin("black-hole")
            let other = try await stage.begin("latency", ["milliseconds": 1])
            let client = try TestSocket.connect(to: stage.proxy.port)
            try await stage.waitForLog(.held)
            // What ends beside the hole is looked at again, and held on.
            try await stage.proxy.withCore { _ = $0.end(id: other) }
            try await client.send("hello")
            let held = try await stage.log.filter { $0.event == .held }
            #expect(held.count == 1 && held.first?.id == hole && held.first?.connection == 1, "\(held)")
            try await stage.repair()
            let server = try await stage.server.accept()
            #expect(try await server.receive(5) == "hello")
        }
    }

    /// Has a proxy accept a channel, runs the body before that is active, and gives the peer's end of it to the rest.
    ///
    /// Between the two the proxy's own listener comes back to its loop, where requests may begin faults; here the loop is not left.
    private static func accepting(
        _ body: @escaping @Sendable (ProxyCore) throws -> Void, then rest: (Stage, TestSocket) async throws -> Void
    ) async throws {
        try await Stage.with { stage in
            let clients = try TestServer()
            let connected = try await stage.proxy.withCore { core in
                let bound = NIOLoopBound(core, eventLoop: core.eventLoop)
                return ClientBootstrap(group: core.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .channelOption(.allowRemoteHalfClosure, value: true)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try bound.value.accept(channel)
                            try body(bound.value)
                        }
                    }
                    .connect(host: "127.0.0.1", port: clients.port)
            }
            let client = try await clients.accept()
            _ = try await connected.get()
            try await rest(stage, client)
        }
    }
}
