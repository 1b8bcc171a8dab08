import ExperimentModel
import ExperimentRunner
import Foundation
import Glibc
import Testing
import TransportCore

/// Scripts in the place of a server.
@Suite("A server's process")
struct ServerProcessTests {
    private func launch(_ script: String, log: String? = nil) -> ServerLaunch {
        let load = LoadProfile(name: "a", connections: 1, orders: 1, updatesPerSecond: 0)
        var launch = ServerLaunch(floor: "/bin/sh", Cell(transport: "sse", load: load), seconds: 1)
        // The port follows, as $0 and $1.
        launch.arguments = ["-c", script]
        launch.logPath = log
        return launch
    }

    private func failure(_ script: String, log: String? = nil) async -> String {
        do {
            try await ServerProcess.run(launch(script, log: log), guardian: nil) { _ in }
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test("that ends before it listens is quoted") func endsAtOnce() async {
        let text = await failure("echo no certificate >&2; exit 1")
        #expect(text.contains("before it said 'listening'") && text.contains("no certificate"), "\(text)")
    }

    @Test("that ends before it listens is quoted from its log, where it has one") func endsWithALog() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tandem-log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = await failure("echo no such key >&2; exit 1", log: folder.path + "/server.log")
        #expect(text.contains("no such key"), "\(text)")
    }

    @Test(
        "that says something else than where it listens is named for it",
        arguments: ["{}", "hello", #"{"event":"x","port":1}"#])
    func saysNonsense(line: String) async {
        let text = await failure("echo '\(line)'; exec sleep 60")
        #expect(text.contains("instead of where it listens"), "\(text)")
    }

    @Test("that does not hear SIGTERM is killed") func ignoresItsEnd() async throws {
        let pid = try await ServerProcess.run(
            launch("trap '' TERM; echo '{\"port\":7}'; while :; do sleep 0.1; done"), guardian: nil
        ) { server in
            #expect(server.endpoint.port == 7)
            return server.pid
        }
        #expect(kill(try #require(pid), 0) != 0)
    }

    @Test("that was killed is started again on its port, and says nothing of its first end") func comesBack()
        async throws
    {
        let script = #"echo "{\"port\":$1}"; exec sleep 60"#
        try await ServerProcess.run(launch(script), guardian: nil) { server in
            let first = try #require(server.pid)
            server.send(SIGKILL)
            #expect(try await server.ended(within: .seconds(20)) != nil)
            try await server.start()
            #expect(server.pid != nil && server.pid != first && server.endpoint.port == 0)
        }
    }

    // MARK: What it publishes by itself

    @Test(
        "whose schedule has ended is heard, with an event's name or without", arguments: [#""event":"published","#, ""])
    func publishes(name: String) async throws {
        let account = #"{\#(name)"published":3,"delivered":15,"seconds":0.5,"cpuUser":0.1,"cpuSystem":0.2}"#
        let script = "echo '{\"port\":7}'; echo '{\"event\":\"other\"}'; echo '\(account)'; exec sleep 60"
        try await ServerProcess.run(launch(script), guardian: nil) { server in
            let publication = try await server.publication(within: .seconds(20))
            #expect((publication.published, publication.delivered, publication.seconds) == (3, 15, 0.5))
            #expect((publication.cpuUserSeconds, publication.cpuSystemSeconds) == (0.1, 0.2))
        }
    }

    @Test(
        "whose schedule does not end is given up, and one that ends amid it is quoted",
        arguments: [
            ("exec sleep 60", 0.1, "did not end its schedule"), ("echo no memory >&2; exit 1", 20, "no memory"),
        ])
    func publishesNothing(script: String, seconds: Double, message: String) async throws {
        try await ServerProcess.run(launch("echo '{\"port\":7}'; \(script)"), guardian: nil) { server in
            _ = await #expect {
                try await server.publication(within: .seconds(seconds))
            } throws: {
                "\($0)".contains(message)
            }
        }
    }

    @Test("that is started again is asked for its own schedule, not for the one before") func publishesAgain()
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tandem-again-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let account = #"\"delivered\":15,\"seconds\":0.5,\"cpuUser\":0.1,\"cpuSystem\":0.2"#
        // Only the first start publishes.
        let script = """
            echo '{"port":7}'
            if mkdir \(folder.path)/again; then echo "{\\"published\\":3,\(account)}"; fi
            exec sleep 60
            """
        try await ServerProcess.run(launch(script), guardian: nil) { server in
            #expect(try await server.publication(within: .seconds(20)).published == 3)
            server.send(SIGKILL)
            #expect(try await server.ended(within: .seconds(20)) != nil)
            try await server.start()
            _ = await #expect {
                try await server.publication(within: .milliseconds(100))
            } throws: {
                "\($0)".contains("did not end its schedule")
            }
        }
    }
}
