import Foundation
import Testing

/// `tandem load` by hand, against our own server and against one that is not ours.
@Suite struct LoadTests {
    struct Event: Decodable {
        struct Result: Decodable {
            struct Ledger: Decodable {
                var expected: Int
                var delivered: Int
                var coalesced: Int
                var lost: Int
                var duplicated: Int
                var reordered: Int
            }
            struct Traffic: Decodable {
                var requests: Int
                var deliveries: Int
            }
            struct SlowReaders: Decodable {
                var cut: Int
                var positionsLost: Int
            }
            var ledger: Ledger
            var traffic: Traffic
            var slowReaders: SlowReaders
            var disconnections: Int
            var unknownUpdates: Int
        }
        var event: String
        var message: String?
        var port: Int?
        var result: Result?
    }

    private func events(_ text: String) throws -> [Event] {
        try text.split(separator: "\n").map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
    }

    private func withServer<T>(_ arguments: [String], _ body: (Int) async throws -> T) async throws -> T {
        let server = try await Command.start(["serve", "--json", "--port", "0"] + arguments)
        try await Waiting.until("the server listens") { server.text.contains("\n") }
        let port = try #require(try events(server.text).first?.port)
        let result: Result<T, any Error>
        do { result = .success(try await body(port)) } catch { result = .failure(error) }
        server.send(SIGTERM)
        _ = try await server.outcome()
        return try result.get()
    }

    @Test(
        "A load measures our own server over each transport",
        arguments: ["sse", "websocket", "long-polling", "polling"])
    func measuresOurServer(transport: String) async throws {
        let outcome = try await withServer(["--auth", "none", "--orders", "3"]) { port in
            try await Command.run(
                "load", "--json", "--url", "http://127.0.0.1:\(port)", "--transport", transport, "--connections", "9",
                "--orders", "3", "--rate", "60", "--warmup", "100ms", "--seconds", "500ms", "--poll-interval", "100ms",
                "--drain", "20s")
        }
        let result = try #require(try events(outcome.output).last?.result, "\(outcome)")
        #expect(result.ledger.expected == 90)
        #expect(result.ledger.delivered + result.ledger.coalesced == 90)
        #expect(result.unknownUpdates == 0)
        #expect(result.traffic.deliveries > 0)
        // An answer shows one state, so a delivery within the window has cost a request within it.
        if transport == "polling" { #expect(result.traffic.requests >= result.traffic.deliveries) }
    }

    /// More than the kernel holds back for a reader that has stalled, in bursts that fit the history.
    @Test(
        "Readers that stall lose their position or are cut off, and nobody else notices",
        arguments: ["sse", "websocket"])
    func stalledReadersAreToldAndHarmNobody(transport: String) async throws {
        let outcome = try await withServer(["--auth", "none", "--orders", "1"]) { port in
            try await Command.run(
                "load", "--json", "--url", "http://127.0.0.1:\(port)", "--transport", transport, "--connections", "8",
                "--slow-readers", "4", "--rate", "8000", "--burst", "64", "--warmup", "500ms", "--seconds", "2s",
                "--drain", "20s")
        }
        let result = try #require(try events(outcome.output).last?.result, "\(outcome)")
        #expect(result.slowReaders.positionsLost + result.slowReaders.cut > 0)
        #expect(result.ledger.expected == 4 * 16_000)
        #expect(result.ledger.delivered + result.ledger.coalesced == result.ledger.expected)
        #expect(result.ledger.lost == 0 && result.ledger.duplicated == 0 && result.ledger.reordered == 0)
        #expect(result.disconnections == 0)
    }

    @Test("A token that the server refuses is reported with the status") func aRefusedTokenIsSaid() async throws {
        try await Command.inFolder { folder in
            _ = try await Command.run("token", "--subject", "mallory", in: folder)
            let token = try await Command.run("token", "--subject", "mallory", in: folder).output
            let outcome = try await withServer(
                ["--jwks", folder + "/keys/development.public.jwks", "--orders", "1", "--owner", "alice"]
            ) { port in
                try await Command.run(
                    "load", "--url", "http://127.0.0.1:\(port)", "--connections", "1", "--publish", "none", "--token",
                    String(token.dropLast()), "--warmup", "0s", "--seconds", "100ms")
            }
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("403"), "\(outcome.error)")
        }
    }

    @Test("Orders that the server lacks are named together, also those without a subscriber, in a bounded list")
    func missingOrdersAreNamedTogether() async throws {
        let errors = try await withServer(["--auth", "none", "--orders", "2"]) { port in
            var errors: [String] = []
            for orders in ["4", "20"] {
                let outcome = try await Command.run(
                    "load", "--url", "http://127.0.0.1:\(port)", "--connections", "1", "--orders", orders)
                #expect(outcome.status == 1, "\(outcome)")
                errors.append(outcome.error)
            }
            return errors
        }
        #expect(errors[0].contains("the server has no order-2, order-3 (status 404)"), "\(errors)")
        #expect(errors[1].contains("order-11 and more (status 404)"), "\(errors)")
    }

    @Test("Of very many orders a part is asked for, the last among them")
    func manyOrdersAreSampled() async throws {
        let outcome = try await withServer(["--auth", "none", "--orders", "30000"]) { port in
            try await Command.run(
                "load", "--url", "http://127.0.0.1:\(port)", "--connections", "1", "--orders", "30003")
        }
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.error.contains("the server has no order-30002 (status 404)"), "\(outcome)")
    }

    /// Another's wire: its path, its publishing, its place of the time. Served by our own server under another form.
    @Test("A load follows templates of another server's paths and bodies")
    func measuresAServerByTemplates() async throws {
        let outcome = try await withServer(["--auth", "none", "--orders", "2"]) { port in
            try await Command.run(
                "load", "--json", "--target-url", "http://127.0.0.1:\(port)/orders/{order}/events", "--header",
                "X-Anything: yes", "--publish-url", "http://127.0.0.1:\(port)/orders/{order}/updates", "--publish-body",
                #"{"status":"Activating","message":"{sequence}","timestamp":"{timestamp}"}"#, "--time-pointer",
                "/timestamp", "--connections", "4", "--orders", "2", "--rate", "40", "--warmup", "100ms", "--seconds",
                "500ms", "--drain", "20s")
        }
        let result = try #require(try events(outcome.output).last?.result, "\(outcome)")
        #expect(result.ledger.expected == 40)
        #expect(result.ledger.delivered == 40)
    }

    @Test(
        "With --json a mistake before the start is one failed event",
        arguments: [
            (["--spec", "/nowhere/load.json"], "/nowhere/load.json"), (["--url", "gopher://x"], "gopher://x"),
            (["--connections", "0"], "--connections"), (["--conections", "1"], "--conections"), ([], "--url"),
            (["--url", "http://127.0.0.1:1", "--transport", "pigeon"], "pigeon"),
            (["--url", "http://127.0.0.1:1", "--publish-url", "http://x/"], "--target-url"),
            (["--url", "https://127.0.0.1:1", "--ca", "/dev/null"], "/dev/null"),
        ])
    func aScriptIsToldOfWhatFailsBeforeTheStart(options: [String], hint: String) async throws {
        let outcome = try await Command.run(["load", "--json"] + options)
        #expect(outcome.status == 2, "\(outcome)")
        let events = try events(outcome.output)
        #expect(events.map(\.event) == ["failed"])
        #expect(events.first?.message?.contains(hint) == true, "\(outcome)")
    }

    @Test("Authorities that look like PEM, and of which OpenSSL can read none, are named")
    func brokenAuthoritiesAreNamed() async throws {
        try await Command.inFolder { folder in
            let path = "\(folder)/broken.pem"
            try Data("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n".utf8)
                .write(to: URL(filePath: path))
            let outcome = try await Command.run(["load", "--url", "https://127.0.0.1:1", "--ca", path])
            #expect(outcome.status == 2, "\(outcome)")
            #expect(outcome.error.contains("the authorities in \(path) cannot be used"), "\(outcome)")
        }
    }

    /// As the runner writes it.
    private static let specification = """
        {"transport":"sse","protocolVersion":"h1","target":{"host":"127.0.0.1","port":1,"tls":false},\
        "subscriberScheme":"bearer","load":{"name":"a","connections":2,"orders":1,"updatesPerSecond":10,"burst":1,\
        "slowReaders":0},"orderPrefix":"order-","warmupSeconds":0,"measureSeconds":1,"drainSeconds":1,"publishing":"http",\
        "fairnessUpdates":0,"expectsSnapshot":true,"connectsInFlight":32,"seed":1,"isSupervised":false,"compression":"off"}
        """

    /// What no command line can ask for.
    @Test(
        "A specification that is out of range or incomplete is refused",
        arguments: [
            (#""burst":1"#, #""burst":1,"connectRate":0"#, "connectRate is 0"),
            (#""burst":1"#, #""burst":1,"connectRate":-5"#, "connectRate is -5"),
            (#""slowReaders":0"#, #""slowReaders":-1"#, "slow readers"),
            (#""slowReaders":0"#, #""slowReaders":2"#, "at least one must read on"),
            (#""seed":1"#, #""seed":1,"sampleSeconds":0"#, "samples"),
            (#""seed":1"#, #""seed":1,"pollIntervalSeconds":-1"#, "polls"),
            (#""connectsInFlight":32"#, #""connectsInFlight":0"#, "under way"),
            (#""seed":1"#, #""seed":"#, "no specification of a load"),
            (#","seed":1"#, "", "'seed' is missing; correct it"),
            (#""orders":1,"#, "", "'load.orders' is missing; correct it"),
            (#""orders":1"#, #""orders":"one""#, "'load.orders'"),
        ])
    func aSpecificationOutOfRangeIsRefused(part: String, other: String, hint: String) async throws {
        try await Command.inFolder { folder in
            let text = Self.specification.replacingOccurrences(of: part, with: other)
            try text.write(toFile: folder + "/load.json", atomically: true, encoding: .utf8)
            let outcome = try await Command.run("load", "--json", "--spec", "load.json", in: folder)
            #expect(outcome.status == 2, "\(outcome)")
            #expect(try events(outcome.output).last?.message?.contains(hint) == true, "\(outcome)")
        }
    }

    @Test("A server that goes away is reported by the connections that ended, and no bytes are divided")
    func aServerThatGoesAwayIsSaid() async throws {
        let server = try await Command.start(["serve", "--json", "--port", "0", "--auth", "none", "--orders", "1"])
        try await Waiting.until("the server listens") { server.text.contains("\n") }
        let port = try #require(try events(server.text).first?.port)
        let load = try await Command.start([
            "load", "--json", "--url", "http://127.0.0.1:\(port)", "--connections", "3", "--orders", "1", "--rate",
            "50", "--warmup", "100ms", "--seconds", "2s", "--drain", "100ms",
        ])
        try await Waiting.until("the window begins") { load.text.contains(#""event":"measuring""#) }
        server.send(SIGKILL)
        _ = try await server.outcome()
        let outcome = try await load.outcome()
        #expect(outcome.status == 1, "\(outcome)")
        let message = try events(outcome.output).last?.message ?? ""
        #expect(message.hasPrefix("3 connections ended: "), "\(message)")
        #expect(message.contains("publications were refused"), "\(message)")
        #expect(!outcome.output.contains(#""bytesReceived""#), "\(outcome)")
    }

    @Test("An address at which nobody listens is reported with what to check") func nobodyListens() async throws {
        let outcome = try await Command.run("load", "--url", "http://127.0.0.1:1", "--connections", "1")
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("127.0.0.1:1"), "\(outcome.error)")
        #expect(outcome.error.contains("refused, or closed at once; is the server running there?"), "\(outcome.error)")
    }

    @Test("An answer without TLS, where https was said, is told as that")
    func saysThatTLSIsMissing() async throws {
        let outcome = try await withServer(["--auth", "none", "--orders", "1"]) { port in
            try await Command.run("load", "--url", "https://127.0.0.1:\(port)", "--connections", "1")
        }
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.error.contains("; does the server speak TLS on this port?"), "\(outcome)")
    }

    @Test("Without a rate the templates of a publisher are no contradiction: nothing is published")
    func heldConnectionsHaveTemplates() async throws {
        let outcome = try await Command.run(
            "load", "--target-url", "http://127.0.0.1:1/{order}", "--rate", "0", "--publish-url",
            "http://127.0.0.1:1/", "--publish-body", "{timestamp}", "--connections", "1")
        #expect(outcome.status == 1 && outcome.error.contains("127.0.0.1:1"), "\(outcome)")
    }

    @Test("A load that is interrupted ends with status 130 and a failed event")
    func aPersonCanInterruptIt() async throws {
        let load = try await Command.start(
            ["load", "--json", "--transport", "in-process", "--connections", "2", "--seconds", "3600s"])
        try await Waiting.until("the load measures") { load.text.contains("measuring") }
        load.send(SIGINT)
        let outcome = try await load.outcome()
        #expect(outcome.status == 130)
        #expect(try events(outcome.output).last?.event == "failed")
    }
}
