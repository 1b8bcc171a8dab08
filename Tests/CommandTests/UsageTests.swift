import Foundation
import Testing

@Suite struct UsageTests {
    @Test("Each command has a help with examples") func helpIsAnAnswerWithExamples() async throws {
        for arguments in [
            ["--help"], ["run", "--help"], ["report", "--help"], ["serve", "--help"], ["load", "--help"],
            ["list", "--help"], ["doctor", "--help"], ["token", "--help"], ["legibility", "--help"],
            ["simulate", "--help"], ["simulate", "storm", "--help"], ["simulate", "schedules", "--help"],
        ] {
            let outcome = try await Command.run(arguments)
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("Examples:"), "\(arguments)")
            #expect(outcome.error.isEmpty)
        }
    }

    @Test(
        "A wrong command line is refused with what would be right",
        arguments: [
            (["laod"], "tandem load"),
            (["load", "--url", "http://127.0.0.1:1", "--conections", "3"], "--connections"),
            (["load", "--url", "http://127.0.0.1:1", "--transport", "websockets"], "websocket"),
            (
                ["load", "--url", "http://127.0.0.1:1", "--transport", "ws"],
                "'ws'; did you mean 'websocket'? (valid here: "
            ),
            (["load", "--url", "gopher://x"], "http://"),
            (["load"], "--url"),
            (["load", "--url", "http://127.0.0.1:1", "--publish-url", "http://x/"], "--target-url"),
            (["run"], "--resume"),
            (["run", "no-such.yaml"], "no-such.yaml"),
            (["report", "no-such-folder"], "no-such-folder"),
            (["legibility", "no-such-folder"], "no folder no-such-folder"),
            (["legibility", "--repetitions", "0"], "--repetitions takes 1 to 100"),
            (["run", "--resume", "no-such-folder"], "no-such-folder"),
            (["token"], "--subject"),
            (["report", "--json", "--table"], "--table"),
            (["simulate", "storm", "--policy", "full-jiter"], "full-jitter"),
            (["simulate", "schedules", "--trace"], "--count"),
            // What is no file of the kind that is asked for.
            (["serve", "--jwks", "/nowhere/keys.jwks"], "/nowhere/keys.jwks"),
            (
                ["serve", "--auth", "none", "--port", "0", "--tls-cert", "/dev/null", "--tls-key", "/dev/null"],
                "/dev/null"
            ),
            (["load", "--url", "https://127.0.0.1:1", "--ca", "/nowhere/ca.pem"], "/nowhere/ca.pem"),
            (["load", "--url", "https://127.0.0.1:1", "--ca", "/dev/null"], "/dev/null holds no certificate"),
            (["load", "--url", "https://127.0.0.1:1", "--ca", #filePath], "-----BEGIN CERTIFICATE-----"),
            (["serve", "--auth", "none", "--host", "localhost"], "127.0.0.1"),
            (["serve", "--auth", "none", "--cpu", "1000"], "--cpu"),
            (["load", "--url", "http://127.0.0.1:1", "--cpu", "none"], "--cpu"),
            (["load", "--url", "http://a@127.0.0.1:1"], "Authorization"),
            (["serve", "--jwks", "http://a:b@127.0.0.1:1/jwks"], "--jwks: 'http://a:b@127.0.0.1:1/jwks'"),
            (["serve", "--jwks", "http://127.0.0.1:99999/jwks"], "ports are 1 to 65535"),
            (["serve", "--jwks", "ws://127.0.0.1:1/jwks"], "--jwks: "),
            (["serve", "--jwks", "file:///keys.jwks"], "by its path"),
            (["serve", "--jwks", "HTTP://[::1]:1/jwks#keys"], "no keys came from HTTP://[::1]:1/jwks#keys: "),
            (
                [
                    "load", "--target-url", "http://127.0.0.1:1/{order}", "--publish", "elsewhere", "--publish-url",
                    "http://127.0.0.1:1/", "--publish-body", "{timestamp}",
                ], "--publish http"
            ),
            (["load", "--target-url", "http://127.0.0.1:1/{order}", "--publish", "server"], "--publish elsewhere"),
            // What would be passed over in silence.
            (["load", "--url", "http://127.0.0.1:1", "--transport", "in-process"], "touches no server"),
            (["load", "--url", "http://127.0.0.1:1/orders"], "no path as '/orders'"),
            (["load", "--url", "http://127.0.0.1:1", "--time-pointer", "/at"], "add --target-url"),
            (
                ["load", "--target-url", "http://127.0.0.1:1/", "--publish", "elsewhere", "--orders", "2"],
                "needs {order} in --target-url"
            ),
            (
                ["load", "--target-url", "http://127.0.0.1:1/{order", "--publish", "elsewhere"],
                "'{order', which stands for nothing; did you mean {order}?"
            ),
            (
                [
                    "load", "--target-url", "http://127.0.0.1:1/", "--publish-url", "http://127.0.0.1:1/",
                    "--publish-body",
                    #"{"at":"{timestmp}"}"#,
                ], "'{timestmp}', which stands for nothing; did you mean {timestamp}?"
            ),
            (
                [
                    "load", "--target-url", "http://127.0.0.1:1/", "--publish-url", "http://127.0.0.1:1/",
                    "--publish-body",
                    #"{"a":{}}"#,
                ], "has no {timestamp}"
            ),
            (["run", "--resume", "x", "--out", "y"], "leave --out out"),
            (["run", "smok"], "there is no file smok: `tandem list experiments`"),
            (["serve", "--auth", "bearr"], "as in"),
        ])
    func aWrongCommandLineSaysWhatIsRight(arguments: [String], hint: String) async throws {
        let outcome = try await Command.run(arguments)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.error.contains(hint), "\(outcome.error)")
        // Whether the parser refuses it or we do.
        #expect(outcome.error.hasPrefix("tandem: "), "\(outcome.error)")
        #expect(outcome.output.isEmpty)
    }

    @Test(
        "A wrong command line is answered with the usage of its subcommand, and the wrong option is named before all else",
        arguments: [
            (["run", "--wrong"], "Unknown option '--wrong'\nUsage: tandem run "),
            (["run", "--resum", "x"], "Unknown option '--resum'. Did you mean '--resume'?\nUsage: tandem run "),
            (["list", "--jsn"], "Unknown option '--jsn'. Did you mean '--json'?\nUsage: tandem list "),
            (["simulate", "storm", "--wrong=1"], "Unknown option '--wrong'\nUsage: tandem simulate storm "),
            (["load", "--url", "gopher://x"], "\nUsage: tandem load "),
            (["serve", "--jwks", "ws://127.0.0.1:1/jwks"], "\nUsage: tandem serve "),
            (["simulate", "strom"], "Did you mean 'tandem simulate storm'?"),
        ])
    func aWrongCommandLineShowsItsUsage(arguments: [String], text: String) async throws {
        let outcome = try await Command.run(arguments)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.error.contains(text), "\(outcome.error)")
        #expect(outcome.error.contains("Usage: tandem \(arguments[0])"), "\(outcome.error)")
    }

    @Test(
        "An option without its value, or with no value of its kind, is told with an example",
        arguments: [
            (["load", "--warmup"], "--warmup 1s"), (["load", "--connections", "many"], "--connections 100"),
            (["serve", "--heartbeat-interval", "soon"], "--heartbeat-interval 15s"),
        ])
    func aMissingValueShowsItsForm(arguments: [String], example: String) async throws {
        let outcome = try await Command.run(arguments)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.error.contains(", as in \(example)\n"), "\(outcome.error)")
    }

    /// Numbers that no range holds: each of them once trapped, hung, or was taken for what it is not.
    @Test(
        "A number that no range holds, and what is no value, names its option",
        arguments: [
            ["load", "--connect-rate=inf"], ["load", "--connect-rate=nan"], ["load", "--connect-rate=0"],
            ["load", "--connect-rate=-1"], ["load", "--connect-rate=1e300"], ["load", "--rate=inf"],
            ["load", "--rate=nan"],
            ["load", "--rate=-1"], ["load", "--rate=1e300"], ["load", "--connections=0"], ["load", "--connections=-3"],
            ["load", "--connections=9223372036854775807"], ["load", "--orders=0"], ["load", "--burst=0"],
            ["load", "--burst=9223372036854775807"], ["load", "--slow-readers=-1"], ["load", "--slow-readers=100"],
            ["load", "--seconds=0"], ["load", "--seconds=inf"], ["load", "--warmup=-1"], ["load", "--drain=nan"],
            ["load", "--poll-interval=0"], ["load", "--h2c-port=65536"],
            ["simulate", "storm", "--sessions=0"], ["simulate", "storm", "--sessions=9223372036854775807"],
            ["simulate", "storm", "--accept-rate=inf"], ["simulate", "storm", "--accept-rate=nan"],
            ["simulate", "storm", "--queue=-1"], ["simulate", "storm", "--rate-limit=0"],
            ["simulate", "storm", "--retry-after=-1"], ["simulate", "storm", "--refusal-cost=nan"],
            ["simulate", "storm", "--round-trip=0"], ["simulate", "storm", "--retry=0"],
            ["simulate", "storm", "--limit=0"], ["simulate", "schedules", "--count=0"],
            ["serve", "--port=65536"], ["serve", "--port=-1"], ["serve", "--h2c-port=-1"], ["serve", "--loops=0"],
            ["serve", "--orders=-1"], ["serve", "--drain-bound=inf"], ["serve", "--drain-bound=nan"],
            ["serve", "--history=0"], ["serve", "--heartbeat-interval=0"], ["serve", "--clock-skew=inf"],
            ["serve", "--max-connections=0"], ["serve", "--max-body-bytes=9223372036854775807"],
            ["serve", "--header-deadline=0"], ["serve", "--publish=orders=inf"], ["serve", "--publish=rate=nan"],
            ["run", "x.yaml", "--seed=9007199254740992"], ["run", "x.yaml", "--seed=-1"],
            ["token", "--subject=a", "--lifetime=inf"], ["serve", "--owner="],
            ["serve", "--publish=seconds=1,seconds=2"], ["serve", "--publish=="], ["serve", "--publish=orders=1.5"],
        ])
    func aNumberOutOfRangeNamesItsOption(arguments: [String]) async throws {
        let server = ["load": ["--url", "http://127.0.0.1:1"], "serve": ["--auth", "none"]][arguments[0]] ?? []
        let outcome = try await Command.run(arguments + server)
        #expect(outcome.status == 2, "\(outcome)")
        let option = try #require(arguments.last?.split(separator: "=").first)
        #expect(outcome.error.contains(option), "\(outcome.error)")
        #expect(outcome.output.isEmpty)
    }

    @Test("A negative value that stands apart from its option is named with the range, and not said to be missing")
    func negativeValue() async throws {
        let outcome = try await Command.run(["serve", "--auth", "none", "--port", "-1"])
        #expect(outcome.status == 2)
        #expect(outcome.error.contains("--port takes 0 to 65535, not -1"), "\(outcome.error)")
    }

    @Test("The ends of a range can be written as the help writes them", arguments: ["10us", "10µs", "0.01ms", "10s"])
    func unitsOfTime(trip: String) async throws {
        let outcome = try await Command.run("simulate", "storm", "--sessions", "10", "--round-trip", trip)
        #expect(outcome.status == 0, "\(outcome.error)")
    }

    /// The command line is right, and this machine cannot.
    @Test("An address of another machine is an error of the environment")
    func anAddressOfAnotherMachineIsTheEnvironmentsFault() async throws {
        let outcome = try await Command.run("serve", "--auth", "none", "--host", "192.0.2.1", "--port", "0")
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.error.contains("192.0.2.1:0"), "\(outcome.error)")
    }

    @Test("A protocol that the transport does not have is a wrong command line", arguments: [[], ["--json"]])
    func whatATransportCannotIsAWrongCommandLine(options: [String]) async throws {
        let outcome = try await Command.run(
            ["load", "--url", "http://127.0.0.1:1", "--transport", "websocket", "--protocol", "h2"] + options)
        #expect(outcome.status == 2, "\(outcome)")
        #expect((outcome.output + outcome.error).contains("RFC 8441"), "\(outcome)")
    }

    @Test("Completions are made for each shell", arguments: ["bash", "zsh", "fish"])
    func completionsAreMade(shell: String) async throws {
        let outcome = try await Command.run("--generate-completion-script", shell)
        #expect(outcome.status == 0)
        for word in ["tandem", "report", "connect-rate"] { #expect(outcome.output.contains(word), "\(word)") }
    }

    @Test("A mistake in an experiment is an error with its line, and nothing is begun")
    func anExperimentsMistakeIsNamedWithItsLine() async throws {
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

    @Test("What is registered is listed, as text and as JSON") func listsWhatIsRegistered() async throws {
        let transports = try await Command.run("list", "transports")
        for name in ["sse", "websocket", "polling", "long-polling", "in-process"] {
            #expect(transports.output.contains(name))
        }
        for (kind, name) in [
            ("transports", "sse"), ("schemes", "bearer"), ("probes", "footprint"), ("renderers", "decision.md"),
        ] {
            let list = try await Command.run("list", kind, "--json")
            let decoded = try JSONDecoder().decode([[String: String]].self, from: Data(list.output.utf8))
            #expect(decoded.contains { $0["name"] == name }, "\(kind)")
            #expect(decoded.allSatisfy { $0["description"]?.isEmpty == false }, "\(list.output)")
        }
    }

    @Test("A fault is listed in a line with its parameters and their defaults")
    func listsFaults() async throws {
        let list = try await Command.run("list", "faults")
        let lines = list.output.split(separator: "\n")
        #expect(
            lines.contains {
                $0.contains(/^latency +delays .* \(milliseconds 100, toServer 1, toClient 1, share 1\)$/)
            },
            "\(list)")
        #expect(lines.contains { $0.contains(/^server-kill +kills .* \(in experiments alone\)$/) }, "\(list)")
        #expect(lines.contains { $0.contains(/^stalled-reader .* \(in experiments alone, share 0\.5\)$/) }, "\(list)")
        struct Entry: Decodable {
            struct Parameter: Decodable {
                var name: String
                var unit: String
                var maximum: Double
            }
            var name: String
            var parameters: [Parameter]
        }
        let json = try await Command.run("list", "faults", "--json")
        let entries = try JSONDecoder().decode([Entry].self, from: Data(json.output.utf8))
        #expect(entries.count == lines.count)
        let latency = entries.first { $0.name == "latency" }?.parameters.first
        #expect(latency?.name == "milliseconds" && latency?.unit == "ms" && latency?.maximum == 60_000)
    }

    @Test("An experiment is listed with what it takes")
    func listsDurations() async throws {
        let folder = #filePath.replacing("Tests/CommandTests/UsageTests.swift", with: "Experiments")
        let list = try await Command.run("list", "experiments", "--folder", folder)
        #expect(list.output.contains(/quick\.yaml +Every transport at a glance \(about \d min\)\n/), "\(list.output)")
        #expect(list.output.contains(/soak\.yaml .* \(about \d+ h \d+ min\)\n/), "\(list.output)")
        let json = try await Command.run("list", "experiments", "--json", "--folder", folder)
        struct Entry: Decodable { var seconds: Double }
        let entries = try JSONDecoder().decode([Entry].self, from: Data(json.output.utf8))
        #expect(!entries.isEmpty && entries.allSatisfy { $0.seconds > 0 })
    }

    @Test("The example in the help of run keeps what it compares with")
    func examplesKeepTheirReference() async throws {
        let help = try await Command.run("run", "--help").output
        let example = try #require(help.firstMatch(of: /tandem run Experiments\/latency.yaml .*--filter (\S+)/))
        #expect("sse.h1.plain.steady".contains(example.1) && "websocket.h1.plain.steady".contains(example.1))
    }

    @Test("The doctor writes its findings as JSON, and a problem shows in its status")
    func theDoctorSpeaksJSON() async throws {
        let outcome = try await Command.run("doctor", "--json")
        #expect(outcome.status == 0 || outcome.status == 3)
        struct Finding: Decodable {
            var check: String
            var grade: String
            var found: String
        }
        let findings = try JSONDecoder().decode([Finding].self, from: Data(outcome.output.utf8))
        for check in ["event loop", "port", "taskset", "kernel figures"] {
            #expect(findings.contains { $0.check == check }, "\(check)")
        }
        #expect(findings.contains { $0.grade == "problem" } == (outcome.status == 3))
    }

    @Test("A token is printed alone, and its key is private")
    func aTokenIsPrintedAloneAndItsKeyIsPrivate() async throws {
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

    private struct Claims: Decodable {
        var sub: String
        var scope: String
        var jti: String

        init(of token: String) throws {
            let parts = token.split(separator: ".")
            try #require(parts.count == 3)
            var base64 = parts[1].replacing("-", with: "+").replacing("_", with: "/")
            while !base64.count.isMultiple(of: 4) { base64.append("=") }
            self = try JSONDecoder().decode(Self.self, from: try #require(Data(base64Encoded: String(base64))))
        }
    }

    @Test("A token has the subject, the scopes and the id that were asked for")
    func aTokenSaysWhatItIsAsked() async throws {
        try await Command.inFolder { folder in
            let named = try await Command.run(
                "token", "--subject", "operator", "--scope", "credentials:revoke", "--scope", "orders:read",
                "--token-id",
                "operator-1", in: folder)
            #expect(named.status == 0, "\(named.error)")
            let said = try Claims(of: named.output)
            #expect(said.sub == "operator" && said.jti == "operator-1")
            #expect(said.scope == "credentials:revoke orders:read")
            var ids: Set<String> = []
            for _ in 0..<2 {
                ids.insert(try Claims(of: await Command.run("token", "--subject", "alice", in: folder).output).jti)
            }
            #expect(ids.count == 2 && !ids.contains(""))
            let empty = try await Command.run("token", "--subject", "alice", "--token-id", "", in: folder)
            #expect(empty.status == 2 && empty.error.contains("1 to 256 bytes") && empty.output.isEmpty)
            let unknown = try await Command.run("token", "--subject", "alice", "--scope", "orders:all", in: folder)
            #expect(unknown.status == 2 && unknown.error.contains("credentials:revoke"))
        }
    }
}
