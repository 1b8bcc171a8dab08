import Foundation
import Testing

@Suite struct UsageTests {
    @Test func helpIsAnAnswerWithExamples() async throws {
        for arguments in [
            ["--help"], ["run", "--help"], ["load", "--help"], ["doctor", "--help"], ["token", "--help"],
            ["serve", "--help"],
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

    /// What a token is to say, it says: the name by which it is revoked and renewed among it.
    @Test func aTokenSaysWhatItIsAsked() async throws {
        struct Claims: Decodable {
            var sub: String
            var scope: String
            var jti: String
        }
        func claims(of token: String) throws -> Claims {
            let parts = token.split(separator: ".")
            try #require(parts.count == 3)
            var base64 = parts[1].replacing("-", with: "+").replacing("_", with: "/")
            while !base64.count.isMultiple(of: 4) { base64.append("=") }
            return try JSONDecoder().decode(Claims.self, from: try #require(Data(base64Encoded: String(base64))))
        }
        try await Command.inFolder { folder in
            let named = try await Command.run(
                "token", "--subject", "operator", "--scope", "credentials:revoke", "--scope", "orders:read",
                "--token-id",
                "operator-1", in: folder)
            #expect(named.status == 0, "\(named.error)")
            let said = try claims(of: named.output)
            #expect(said.sub == "operator" && said.jti == "operator-1")
            #expect(said.scope == "credentials:revoke orders:read")
            var ids: Set<String> = []
            for _ in 0..<2 {
                ids.insert(try claims(of: await Command.run("token", "--subject", "alice", in: folder).output).jti)
            }
            #expect(ids.count == 2 && !ids.contains(""))
            let empty = try await Command.run("token", "--subject", "alice", "--token-id", "", in: folder)
            #expect(empty.status == 2 && empty.error.contains("1 to 256 bytes") && empty.output.isEmpty)
            let unknown = try await Command.run("token", "--subject", "alice", "--scope", "orders:all", in: folder)
            #expect(unknown.status == 2 && unknown.error.contains("credentials:revoke"))
        }
    }
}
