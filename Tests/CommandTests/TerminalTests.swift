import Foundation
import Testing

/// What a person at a terminal sees while something takes long.
@Suite struct TerminalTests {
    private static let experiment = """
        name: small
        title: Two seconds
        warmupSeconds: 0.1
        measureSeconds: 0.2
        repetitions: 1
        floor: false
        aaPair: false
        factors:
          transport: [sse, websocket, long-polling]
          tls: [false, true]
          load: [a-load-whose-name-is-as-long-as-a-name-may-be-with-sixty-four-ch]
        loads:
          a-load-whose-name-is-as-long-as-a-name-may-be-with-sixty-four-ch:
            {connections: 10, orders: 2, updatesPerSecond: 100}
        """

    private func run(
        _ more: String..., environment: [String] = ["TERM=xterm"], columns: Int = 80
    ) async throws -> String {
        try await Command.inFolder { folder in
            try Self.experiment.write(toFile: folder + "/small.yaml", atomically: true, encoding: .utf8)
            let arguments = ["run", "small.yaml", "--out", "results"] + more
            return try await Terminal.run(arguments, environment: environment, columns: columns, in: folder).output
        }
    }

    @Test("Whatever the width, the progress line ends with its times", arguments: [80, 50, 40, 30])
    func timesAreKept(columns: Int) async throws {
        let output = try await run("--filter", "sse", "--filter", "long-polling", columns: columns)
        let lines = Terminal.paintings(output).filter { $0.hasPrefix("[") }
        #expect(Set(lines.map { $0.prefix(5) }) == ["[1/4]", "[2/4]", "[3/4]", "[4/4]"])
        for line in lines {
            #expect(line.count < columns)
            #expect(line.contains(/\d\d:\d\d, about \d\d:\d\d left$/), "\(line)")
        }
        // What all cells have in common is left out, so that what differs has room.
        #expect(lines.allSatisfy { !$0.contains("a-load") }, "\(lines)")
        guard columns == 80 else { return }
        #expect(lines.contains { $0.contains("sse.tls ") } && lines.contains { $0.contains("long-polling.plain ") })
    }

    @Test("How long it takes is said before the first trial, and no estimate is far from that")
    func saysHowLong() async throws {
        let output = try await run()
        let said = try #require(output.firstMatch(of: /6 trials, about (\d+) s, seed/))
        let expected = try #require(Int(said.1))
        let estimates = Terminal.paintings(output).compactMap { $0.firstMatch(of: /about (\d\d):(\d\d) left$/) }
            .compactMap { match in Int(match.1).flatMap { minutes in Int(match.2).map { 60 * minutes + $0 } } }
        #expect(try #require(estimates.first) <= expected)
        #expect(estimates.last == 0 || estimates.last == 1, "\(estimates)")
    }

    @Test(
        "Where a line cannot be taken back there are lines, without a control sequence",
        arguments: [["TERM=dumb"], ["-uTERM"], ["TERM="], ["TERM=dumb", "-uLANG", "LC_ALL=C", "NO_COLOR=1"]])
    func plainTerminal(environment: [String]) async throws {
        let output = try await run("--filter", "sse", environment: environment)
        #expect(!output.contains("\u{1B}"))
        #expect(output.contains("[2/2]") && output.contains("sse.h1.tls.a-load"))
    }

    @Test("A terminal gets no colour, and no sequence but the one that clears a line")
    func noColour() async throws {
        let output = try await run("--filter", "sse", environment: ["TERM=xterm-256color", "-uLANG"])
        #expect(output.contains("\u{1B}[K"))
        #expect(!output.replacing("\u{1B}[K", with: "").contains("\u{1B}"))
    }

    @Test("A long simulation says on a terminal how far it is, and nothing of it elsewhere")
    func simulation() async throws {
        let arguments = ["simulate", "storm", "--sessions", "200000", "--accept-rate", "20000"]
        let shown = try await Terminal.run(arguments)
        let lines = Terminal.paintings(shown.output)
        #expect(lines.contains { $0.contains(" of 200000 sessions back or stopped, ") }, "\(lines)")
        #expect(
            lines.dropLast().allSatisfy { $0.count < 80 }
                && lines.last == "200000 sessions cut at once, full-jitter; 20000 served a second, a queue of 4096")
        let piped = try await Command.run(arguments)
        #expect(piped.error.isEmpty && !piped.output.contains("\u{1B}"))
    }

    @Test("What a load prints fits the terminal, and is whole elsewhere")
    func load() async throws {
        let server = try await Command.start([
            "serve", "--auth", "none", "--publish", "orders=1,rate=50", "--port", "0",
        ])
        try await Waiting.until("the server listens") { server.text.contains("serving on") }
        let match = try #require(server.text.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/))
        let arguments = [
            "load", "--url", String(match.0), "--connections", "2", "--warmup", "0s", "--seconds", "500ms",
        ]
        let shown = try await Terminal.run(arguments + ["--publish", "elsewhere"])
        let mixed = try await Terminal.run(arguments + ["--rate", "10"])
        let piped = try await Command.run(arguments + ["--publish", "elsewhere"])
        server.send(SIGTERM)
        _ = try await server.outcome()
        for outcome in [shown, mixed] {
            for line in outcome.output.split(whereSeparator: \.isNewline) { #expect(line.count <= 80, "\(line)") }
        }
        // A terminal ends lines by CR and LF.
        let folded = shown.output.split(whereSeparator: \.isNewline).drop {
            !$0.hasPrefix("clock        latency counts")
        }
        #expect(folded.dropFirst().first?.contains(/^ {13}\S/) == true, "\(shown)")
        #expect(mixed.output.contains("not sound:") && mixed.output.contains("published by others"), "\(mixed)")
        #expect(piped.output.split(separator: "\n").contains { $0.hasPrefix("clock ") && $0.count > 80 }, "\(piped)")
    }

    @Test("Schedules are counted on a terminal")
    func schedules() async throws {
        let shown = try await Terminal.run(["simulate", "schedules", "--count", "2500"])
        #expect(shown.status == 0)
        #expect(Terminal.paintings(shown.output).contains("2000 of 2500 schedules"))
    }
}
