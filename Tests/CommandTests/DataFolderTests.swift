import Foundation
import Testing

/// What `--data` says to whoever starts the server.
@Suite struct DataFolderTests {
    private func serve(_ folder: String, _ more: String...) -> [String] {
        ["serve", "--json", "--auth", "none", "--orders", "1", "--port", "0", "--data", folder] + more
    }

    /// Starts, asks for the order's position, and stops in good order.
    private func position(_ arguments: [String]) async throws -> String {
        let server = try await Command.start(arguments)
        try await Waiting.until("the server listens") { server.text.contains("\n") || server.hasEnded }
        let line = try #require(server.text.split(separator: "\n").first)
        let event = try JSONDecoder().decode(DrainTests.Event.self, from: Data(line.utf8))
        let port = try #require(event.port)
        let client = try #require(WireClient(port: port, isOver: { false }))
        #expect(client.get("/orders/order-0/updates"))
        let response = try #require(client.response())
        server.send(SIGTERM)
        #expect(try await server.outcome().status == 0)
        let text = String(decoding: response.body, as: UTF8.self)
        return try #require(
            text.components(separatedBy: "\"id\":\"").dropFirst().first?.components(separatedBy: "\"").first)
    }

    @Test("A restart keeps positions, by whatever path the folder is named", arguments: ["async", "commit"])
    func aRestartKeepsPositions(durability: String) async throws {
        try await Command.inFolder { folder in
            let before = try await position(serve(folder + "/data", "--durability", durability))
            for path in ["/data", "/data/../data/"] {
                #expect(try await position(serve(folder + path, "--durability", durability)) == before)
            }
        }
    }

    @Test("Without durability nothing is written, and a restart forgets positions")
    func withoutDurabilityNothingIsWritten() async throws {
        try await Command.inFolder { folder in
            let arguments = serve(folder + "/data", "--durability", "none")
            let before = try await position(arguments)
            #expect(try await position(arguments) != before)
            #expect(!FileManager.default.fileExists(atPath: folder + "/data"))
        }
    }

    @Test("Durability needs a folder") func durabilityNeedsAFolder() async throws {
        let outcome = try await Command.run("serve", "--auth", "none", "--durability", "commit")
        #expect(outcome.status == 2)
        #expect(outcome.error.contains("--durability commit needs --data FOLDER"))
    }

    @Test("A file is no folder") func aFileIsNoFolder() async throws {
        let outcome = try await Command.run(serve("/dev/null"))
        #expect(outcome.status == 2)
        #expect(outcome.error.contains("/dev/null is no folder"), "\(outcome.error)")
    }

    @Test("A damaged folder is refused, and left as it is") func aDamagedFolderIsRefused() async throws {
        try await Command.inFolder { folder in
            _ = try await position(serve(folder + "/data"))
            let file = URL(fileURLWithPath: folder + "/data/timelines.sqlite")
            let bytes = try Data(contentsOf: file)
            try bytes.prefix(bytes.count / 2).write(to: file)
            let outcome = try await Command.run(serve(folder + "/data"))
            #expect(outcome.status == 3)
            #expect(outcome.error.contains("timelines.sqlite is damaged"), "\(outcome.error)")
            #expect(try Data(contentsOf: file).count == bytes.count / 2)
        }
    }

    @Test("A folder that another server uses is refused") func aFolderInUseIsRefused() async throws {
        try await Command.inFolder { folder in
            let server = try await Command.start(serve(folder + "/data"))
            try await Waiting.until("the server listens") { server.text.contains("\n") }
            let outcome = try await Command.run(serve(folder + "/data"))
            #expect(outcome.status == 3)
            #expect(outcome.error.contains("in use by another process"), "\(outcome.error)")
            server.send(SIGTERM)
            #expect(try await server.outcome().status == 0)
        }
    }

    /// A disk that is full, as far as the process can tell: its files may not grow (EFBIG instead of a signal). It ends, and has
    /// acknowledged nothing that is not there.
    @Test("A write that fails ends the server, and what it acknowledged is there", .timeLimit(.minutes(1)))
    func aFailedWriteEndsTheServer() async throws {
        try await Command.inFolder { folder in
            let arguments = serve(folder + "/data", "--durability", "commit")
            let limits = ["--fsize=300000", "env", "--ignore-signal=XFSZ", Command.path]
            let server = try await Command.start(program: "prlimit", limits + arguments)
            try await Waiting.until("the server listens") { server.text.contains("\n") || server.hasEnded }
            let line = try #require(server.text.split(separator: "\n").first)
            let port = try #require(try JSONDecoder().decode(DrainTests.Event.self, from: Data(line.utf8)).port)
            let client = try #require(WireClient(port: port, isOver: { server.hasEnded }))
            let message = String(repeating: "x", count: 8_000)
            var acknowledged = 1
            while client.post("/orders/order-0/updates", "{\"status\":\"Activating\",\"message\":\"\(message)\"}"),
                let response = client.response(), response.status == 202
            {
                acknowledged += 1
            }
            let outcome = try await server.outcome()
            #expect(outcome.status == 3, "\(outcome)")
            #expect(outcome.error.contains("timelines.sqlite"), "\(outcome.error)")
            #expect(acknowledged > 1)
            let offset = try await position(arguments).split(separator: "-").last.flatMap { Int($0) }
            #expect(try #require(offset) >= acknowledged)
        }
    }

    @Test("A folder that cannot be made is refused") func aFolderThatCannotBeMadeIsRefused() async throws {
        let outcome = try await Command.run(serve("/proc/none/data"))
        #expect(outcome.status == 3)
        #expect(outcome.error.contains("/proc/none/data cannot be made"), "\(outcome.error)")
    }
}
