import Catalog
import NetworkPaths
import OrderUpdates
import Testing
import TransportCore

/// Each configuration before a real server: what streams through it, what it holds back, cuts and refuses.
@Suite(.serialized) struct PathTests {
    private static let transports = ["sse", "websocket", "polling", "long-polling"]

    private static func has(_ program: ProxyProgram) -> Bool { program.path != nil }

    @Test(
        "Every update comes as it is published, over every transport",
        .enabled(if: has(.nginx) && has(.haproxy), "nginx or haproxy is not installed"),
        arguments: ["direct", "nginx", "haproxy", "haproxy-restart"])
    func streams(name: String) async throws {
        let path = try #require(Catalog.path(named: name))
        try await Stage.with(path) { stage in
            for transport in Self.transports {
                try await stage.expectEveryUpdate(try await stage.join(transport), transport)
            }
        }
    }

    @Test(
        "nginx as it comes streams SSE, as our response asks for it, and knows no WebSocket",
        .enabled(if: has(.nginx), "nginx is not installed"))
    func defaultLacksUpgrade() async throws {
        try await Stage.with(NginxDefaultPath()) { stage in
            for transport in ["sse", "polling", "long-polling"] {
                try await stage.expectEveryUpdate(try await stage.join(transport), transport)
            }
            try await expectRefused(stage)
        }
    }

    @Test(
        "nginx that buffers whatever the response says holds SSE back until its end",
        .enabled(if: has(.nginx), "nginx is not installed"))
    func buffers() async throws {
        try await Stage.with(NginxBufferingPath()) { stage in
            let held = try stage.open("sse")
            try await stage.wait("the server has it") { await stage.servers[0].statistics.subscribers == 1 }
            try await stage.expectEveryUpdate(try await stage.join("sse", isDirect: true), "sse")
            // A poll goes the same way, and is over at once.
            try await stage.expectEveryUpdate(try await stage.join("polling"), "polling")
            #expect(held.received.states == 0)
            await stage.servers[0].stop()
            try await stage.wait("all of it at the end", held) { $0.messages.last == "polling-5" && $0.closed != nil }
        }
    }

    @Test(
        "nginx that compresses holds SSE back from a client that accepts gzip, and from no other",
        .enabled(if: has(.nginx), "nginx is not installed"))
    func compresses() async throws {
        try await Stage.with(NginxGzipPath()) { stage in
            let held = try stage.open("sse", headers: [("accept-encoding", "gzip")])
            try await stage.wait("the server has it") { await stage.servers[0].statistics.subscribers == 1 }
            for transport in ["sse", "websocket", "polling"] {
                try await stage.expectEveryUpdate(try await stage.join(transport), transport)
            }
            #expect(!held.received.isOpen && held.received.closed == nil)
        }
    }

    @Test(
        "A line that is marked for a transport is needed: without it the transport fails, and the others don't",
        .enabled(if: has(.nginx), "nginx is not installed"))
    func needsItsLines() async throws {
        let path = NginxPath()
        let lines = path.configuration(.example).lines(for: "websocket")
        #expect(lines.count == 3)
        for line in lines {
            try await Stage.with(path, edit: { $0.without(line) }) { stage in
                try await expectRefused(stage)
                try await stage.expectEveryUpdate(try await stage.join("sse"), "sse")
            }
        }
    }

    @Test(
        "The line that HAProxy needs for SSE lets events overtake those of the same server without it",
        .enabled(if: has(.haproxy), "haproxy is not installed"))
    func needsNoDelay() async throws {
        let path = HAProxyPath()
        #expect(path.configuration(.example).lines(for: "sse") == ["    " + "option http-no-delay  # for sse"])
        try await Stage.with(path) { stage in
            let fast = try await stage.join("sse")
            let folder = try #require(FilePlace.makeFolder())
            defer { FilePlace.remove(folder) }
            try await RunningPath.run(
                HAProxyDefaultPath(), targets: [PathEndpoint(host: "127.0.0.1", port: stage.servers[0].port)],
                folder: folder
            ) { running in
                let slow = try stage.open("sse", through: running.endpoint)
                try await stage.wait("the state comes late", slow) { $0.states > 0 }
                var overtaken = 0
                for number in 1...9 {
                    try stage.publish("update-\(number)")
                    try await stage.wait("it arrives", fast) { $0.messages.count == number }
                    if slow.received.messages.count < number { overtaken += 1 }
                    try await stage.wait("it arrives late", slow) { $0.messages.count == number }
                }
                #expect(overtaken >= 5)
            }
        }
    }

    @Test(
        "What is idle for longer than the proxy's timeout is cut",
        .enabled(if: has(.nginx) && has(.haproxy), "nginx or haproxy is not installed"),
        arguments: ["nginx-idle", "haproxy-idle"], ["sse", "websocket", "long-polling"])
    func cutsIdle(name: String, transport: String) async throws {
        let path = try #require(Catalog.path(named: name))
        try await Stage.with(path) { stage in
            let recorder = try await stage.join(transport)
            try await stage.wait("\(transport) is cut", recorder) { $0.closed != nil }
            // Not a word of the server's: its end is the proxy's doing.
            switch try #require(recorder.received.closed) {
            case .ended, .failed: #expect(transport != "long-polling")
            case .refused(let status, _): #expect(transport == "long-polling" && status == 504)
            case let cause: Issue.record("\(cause)")
            }
        }
    }

    @Test(
        "A heartbeat below the timeout keeps a stream",
        .enabled(if: has(.nginx) && has(.haproxy), "nginx or haproxy is not installed"),
        arguments: ["nginx-idle", "haproxy-idle"], ["sse", "websocket"])
    func heartbeatsKeep(name: String, transport: String) async throws {
        let path = try #require(Catalog.path(named: name))
        try await Stage.with(path, heartbeat: .milliseconds(200)) { stage in
            let kept = try await stage.join(transport)
            // An idle connection of the same age, for long polls have no heartbeat, is cut first.
            let idle = try await stage.join("long-polling")
            try await stage.wait("the poll is cut", idle) { $0.closed != nil }
            #expect(kept.received.closed == nil)
            try await stage.expectEveryUpdate(kept, transport)
        }
    }

    @Test(
        "A node that is gone is passed over at once, and used again when it is back",
        .enabled(if: has(.haproxy), "haproxy is not installed"))
    func redispatches() async throws {
        try await Stage.with(HAProxyRestartPath(), nodes: 2) { stage in
            var recorders: [Recorder] = []
            for _ in 0..<4 { recorders.append(try await stage.join("sse")) }
            for node in stage.servers { #expect(await node.statistics.subscribers == 2) }
            await stage.servers[0].stop()
            try await stage.wait("the node's clients hear of it") {
                recorders.filter { $0.received.closed != nil }.count == 2
            }
            // Before a health check has seen anything.
            for _ in 0..<4 { recorders.append(try await stage.join("sse")) }
            #expect(recorders.suffix(4).allSatisfy { $0.received.closed == nil })
            #expect(await stage.servers[1].statistics.subscribers == 6)
            try await stage.servers[0].restart()
            try await stage.wait("the node is used again") {
                _ = try? await stage.join("sse")
                return await stage.servers[0].statistics.subscribers > 0
            }
        }
    }

    @Test("A program that is missing, or does not take its configuration, is an error that says so")
    func reportsFailures() async throws {
        let folder = try #require(FilePlace.makeFolder())
        defer { FilePlace.remove(folder) }
        guard Self.has(.haproxy) else {
            await #expect(throws: PathError.self) {
                try await RunningPath.run(
                    HAProxyPath(), targets: [PathEndpoint(host: "127.0.0.1", port: 1)], folder: folder
                ) { _ in }
            }
            return
        }
        await #expect {
            try await RunningPath.run(.haproxy, folder: folder) { _ in
                PathConfiguration("nonsense")
            } body: { _, _ in
            }
        } throws: {
            "\($0)".contains("haproxy did not listen")
        }
    }

    private func expectRefused(_ stage: Stage) async throws {
        let recorder = try stage.open("websocket")
        try await stage.wait("the WebSocket is refused", recorder) { $0.closed != nil }
        #expect(!recorder.received.isOpen)
    }
}
