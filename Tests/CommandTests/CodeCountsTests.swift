import Foundation
import Testing

@Suite struct CodeCountsTests {
    private static let sources = #filePath.replacing("Tests/CommandTests/CodeCountsTests.swift", with: "Sources")

    @Test("The counts of these sources are printed, and written into a result folder")
    func counts() async throws {
        try await Command.inFolder { folder in
            let outcome = try await Command.run("code-counts", folder, "--sources", Self.sources)
            #expect(outcome.status == 0, "\(outcome.error)")
            struct Counts: Decodable {
                struct Scheme: Decodable {
                    var scheme: String
                    var lines: Int
                    var branches: Int
                }
                var schemes: [Scheme]
            }
            let data = try #require(FileManager.default.contents(atPath: folder + "/code.json"))
            let schemes = try JSONDecoder().decode(Counts.self, from: data).schemes
            #expect(schemes.count >= 7)
            for scheme in schemes {
                #expect(outcome.output.contains("| `\(scheme.scheme)` | \(scheme.lines) | \(scheme.branches) |"))
            }
        }
    }

    @Test("Without a folder nothing is written where there are no results")
    func printsAlone() async throws {
        try await Command.inFolder { folder in
            let outcome = try await Command.run("code-counts", "--sources", Self.sources, in: folder)
            #expect(outcome.status == 0 && outcome.output.contains("| `bearer` |"), "\(outcome)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    @Test("Without sources the error says where to run it")
    func withoutSources() async throws {
        try await Command.inFolder { folder in
            let outcome = try await Command.run("code-counts", in: folder)
            #expect(outcome.status == 3 && outcome.output.isEmpty, "\(outcome)")
            #expect(outcome.error.contains("--sources"), "\(outcome.error)")
        }
    }

    @Test("A folder that is not there is a wrong command line")
    func withoutFolder() async throws {
        let outcome = try await Command.run("code-counts", "/nowhere", "--sources", Self.sources)
        #expect(outcome.status == 2 && outcome.error.contains("there is no folder /nowhere"), "\(outcome)")
    }

    @Test("Sources of another form end it with 1")
    func changedSources() async throws {
        try await Command.inFolder { folder in
            for part in ["Authentication/Schemes", "LWS/TLS", "TransportCore", "Transports", "tandem/Serve"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
            }
            let outcome = try await Command.run("code-counts", "--sources", folder)
            #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome)")
            #expect(outcome.error.contains("ServeAuthentication.swift"), "\(outcome.error)")
        }
    }
}
