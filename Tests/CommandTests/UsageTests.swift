import Foundation
import Testing

@Suite struct UsageTests {
    @Test func helpIsAnAnswerWithExamples() async throws {
        for arguments in [
            ["--help"], ["run", "--help"], ["load", "--help"], ["doctor", "--help"], ["token", "--help"],
        ] {
            let outcome = try await Command.run(arguments)
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("Examples:"), "\(arguments)")
            #expect(outcome.error.isEmpty)
        }
    }

    @Test(arguments: [
        (["laod"], "tandem load"),
        (["load", "--url", "http://127.0.0.1:1", "--conections", "3"], "--connections"),
        (["load", "--url", "http://127.0.0.1:1", "--transport", "websockets"], "websocket"),
        (["load", "--url", "gopher://x"], "http://"),
        (["load"], "--url"),
        (["load", "--url", "http://127.0.0.1:1", "--publish-url", "http://x/"], "--target-url"),
        (["run"], "--resume"),
        (["run", "no-such.yaml"], "no-such.yaml"),
        (["report", "no-such-folder"], "no-such-folder"),
        (["run", "--resume", "no-such-folder"], "no-such-folder"),
        (["token"], "--subject"),
    ])
    func aWrongCommandLineSaysWhatIsRight(arguments: [String], hint: String) async throws {
        let outcome = try await Command.run(arguments)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.error.contains(hint), "\(outcome.error)")
        #expect(outcome.output.isEmpty)
    }

    @Test func anExperimentsMistakeIsNamedWithItsLine() async throws {
        try await Command.inFolder { folder in
            let yaml = """
                name: typo
                title: A typo
                factors:
                  transport: [sse, websoket]
                  load: [a]
                loads:
                  a: {connections: 1, orders: 1, updatesPerSecond: 1}
                """
            try yaml.write(toFile: folder + "/typo.yaml", atomically: true, encoding: .utf8)
            let outcome = try await Command.run("run", "typo.yaml", in: folder)
            #expect(outcome.status == 2)
            #expect(outcome.error.contains("typo.yaml:4:"), "\(outcome.error)")
            #expect(outcome.error.contains("'websocket'"), "\(outcome.error)")
            // Nothing was begun.
            #expect(!FileManager.default.fileExists(atPath: folder + "/Experiments"))
        }
    }

    @Test func listsWhatIsRegistered() async throws {
        let transports = try await Command.run("list", "transports")
        for name in ["sse", "websocket", "polling", "long-polling", "in-process"] {
            #expect(transports.output.contains(name))
        }
        let schemes = try await Command.run("list", "schemes", "--json")
        let decoded = try JSONDecoder().decode([[String: String]].self, from: Data(schemes.output.utf8))
        #expect(decoded.compactMap { $0["name"] }.contains("bearer"))
    }

    @Test func theDoctorSpeaksJSON() async throws {
        let outcome = try await Command.run("doctor", "--json")
        #expect(outcome.status == 0 || outcome.status == 3)
        struct Finding: Decodable {
            var check: String
            var grade: String
            var found: String
        }
        let findings = try JSONDecoder().decode([Finding].self, from: Data(outcome.output.utf8))
        #expect(findings.contains { $0.check == "event loop" })
        #expect(findings.contains { $0.grade == "problem" } == (outcome.status == 3))
    }

    @Test func aTokenIsPrintedAloneAndItsKeyIsPrivate() async throws {
        try await Command.inFolder { folder in
            let first = try await Command.run("token", "--subject", "alice", in: folder)
            #expect(first.status == 0, "\(first.error)")
            #expect(first.output.split(separator: ".").count == 3)
            #expect(first.output.split(separator: "\n").count == 1)
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/keys/development.jwks")
            #expect((attributes[.posixPermissions] as? Int) == 0o600)
            // The same key the second time.
            let second = try await Command.run("token", "--subject", "alice", in: folder)
            #expect(second.error.isEmpty)
            #expect(first.output.split(separator: ".").first == second.output.split(separator: ".").first)
        }
    }
}
