import Foundation
import Testing

/// `tandem load` against a server that shares nothing with ours but the two protocols; see `ForeignServer/server.py`.
@Suite struct ForeignServerTests {
    private struct Event: Decodable {
        struct Result: Decodable {
            struct Ledger: Decodable {
                var expected: Int
                var delivered: Int
                var coalesced: Int
                var lost: Int
                var duplicated: Int
                var reordered: Int
            }
            struct Publishing: Decodable {
                var updates: Int
                var refused: Int
                var firstRefusal: String?
            }
            struct Latency: Decodable {
                struct Summary: Decodable { var count: Int }
                var corrected: Summary
            }
            var ledger: Ledger
            var publishing: Publishing
            var latency: Latency
            var unknownUpdates: Int
            var clock: String?
        }
        var result: Result?
    }

    private static let program =
        String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/")!)) + "/ForeignServer/server.py"

    private func withServer<T>(_ body: (Int) async throws -> T) async throws -> T {
        let server = try await Command.start(program: Command.python, [Self.program])
        try await Waiting.until("the server listens") { server.text.contains("\n") }
        let port = try #require(Int(server.text.prefix { $0 != "\n" }))
        let result: Result<T, any Error>
        do { result = .success(try await body(port)) } catch { result = .failure(error) }
        server.send(SIGTERM)
        _ = try await server.outcome()
        return try result.get()
    }

    private func arguments(_ port: Int, _ transport: String) -> [String] {
        [
            // A query right after the authority, with no path in between.
            "load", "--json", "--transport", transport, "--target-url", "http://127.0.0.1:\(port)?order={order}",
            "--publish-url", "http://127.0.0.1:\(port)/publish/{order}?n={sequence}&at={timestamp}",
            "--publish-method", "PUT", "--publish-header", "X-Key: blue: green", "--publish-header",
            "Content-Type: application/vnd.test+json", "--publish-body",
            #"{"for":"{order}","when":{timestamp},"n":{sequence}}"#, "--time-pointer", "/sent~1at/ms",
            "--time-format", "unix-ms", "--connections", "6", "--orders", "3", "--orders-prefix", "parcel.",
            "--rate", "60", "--burst", "2", "--warmup", "200ms", "--seconds", "500ms", "--drain", "20s",
        ]
    }

    @Test("A server with paths and fields of its own is measured by them", arguments: ["sse", "websocket"])
    func isMeasuredByItsOwnWords(transport: String) async throws {
        let outcome = try await withServer { port in
            try await Command.run(
                arguments(port, transport) + ["--header", "X-Tenant: a b", "--sequence-pointer", "/no/1/n"])
        }
        let last = try #require(outcome.output.split(separator: "\n").last, "\(outcome)")
        let result = try #require(try JSONDecoder().decode(Event.self, from: Data(last.utf8)).result, "\(outcome)")
        #expect(result.publishing.refused == 0, "\(result.publishing.firstRefusal ?? "")")
        #expect(result.ledger.expected == 60)
        #expect(result.ledger.delivered == 60)
        #expect(result.ledger.lost + result.ledger.duplicated + result.ledger.reordered == 0)
        #expect(result.latency.corrected.count == 60)
        #expect(result.unknownUpdates == 0)
    }

    @Test(
        "A server that publishes by itself is measured by the times and the numbers in its payloads",
        arguments: ["sse", "websocket", "polling"], [true, false])
    func isMeasuredWhereItPublishesByItself(transport: String, hasNumbers: Bool) async throws {
        let outcome = try await withServer { port in
            try await Command.run(
                [
                    "load", "--json", "--transport", transport, "--publish", "elsewhere", "--target-url",
                    "http://127.0.0.1:\(port)/\(transport == "polling" ? "state" : "")?order={order}&ticks", "--header",
                    "X-Tenant: a b", "--time-pointer", "/sent~1at/ms", "--time-format", "unix-ms", "--connections", "4",
                    "--orders", "2", "--poll-interval", "20ms", "--warmup", "200ms", "--seconds", "500ms",
                ] + (hasNumbers ? ["--sequence-pointer", "/no/1/n", "--drain", "20s"] : ["--drain", "100ms"]))
        }
        let last = try #require(outcome.output.split(separator: "\n").last, "\(outcome)")
        let result = try #require(try JSONDecoder().decode(Event.self, from: Data(last.utf8)).result, "\(outcome)")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(result.publishing.updates > 0 && result.latency.corrected.count > 0)
        #expect(result.ledger.expected > 0)
        if hasNumbers {
            #expect(result.ledger.delivered + result.ledger.coalesced == result.ledger.expected)
        } else {
            // A tick each 10 ms at most, for each of the four subscribers.
            #expect(result.latency.corrected.count <= 4 * 51)
        }
        #expect(result.ledger.lost + result.ledger.reordered == 0)
        #expect(result.unknownUpdates == 0)
        #expect(result.clock?.contains("clock") == true)
    }

    /// Neither entity tags nor numbers: a hundred polls of a state that changes twice in the window are no hundred updates.
    @Test("A state that has not changed is no update, however often it is polled")
    func countsAPolledStateOnce() async throws {
        let outcome = try await withServer { port in
            try await Command.run(
                "load", "--json", "--transport", "polling", "--publish", "elsewhere", "--target-url",
                "http://127.0.0.1:\(port)/state?order={order}&ticks=1", "--time-pointer", "/sent~1at/ms",
                "--time-format", "unix-ms", "--connections", "4", "--orders", "2", "--poll-interval", "20ms",
                "--warmup", "0s", "--seconds", "2s", "--drain", "100ms")
        }
        let last = try #require(outcome.output.split(separator: "\n").last, "\(outcome)")
        let result = try #require(try JSONDecoder().decode(Event.self, from: Data(last.utf8)).result, "\(outcome)")
        // Of two orders, a tick a second: three in two seconds where one timer is early.
        #expect((1...2 * 3).contains(result.publishing.updates), "\(outcome)")
        #expect((1...4 * 3).contains(result.latency.corrected.count), "\(outcome)")
    }

    @Test(
        "What is no subscription is told with what was tried and what to check",
        arguments: [
            (
                ["--transport", "sse", "--target-url", "/none?key=secret"],
                ["http://127.0.0.1:", "/none", "--target-url"]
            ),
            (["--transport", "websocket", "--target-url", "/none"], ["ws://127.0.0.1:", "/none", "--target-url"]),
            (
                ["--transport", "polling", "--target-url", "/stream"],
                ["/stream", "an event stream", "the transport sse"]
            ),
            (["--transport", "sse", "--target-url", "/state?order=a"], ["/state", "--transport polling"]),
            (["--transport", "sse", "--url", ""], ["/orders/order-0 is answered with status 404", "--target-url"]),
        ])
    func saysWhatWasTried(options: [String], parts: [String]) async throws {
        let outcome = try await withServer { port in
            let address = "http://127.0.0.1:\(port)\(options[3])"
            let publisher = options[2] == "--url" ? [] : ["--publish", "elsewhere"]
            return try await Command.run(
                ["load", "--connections", "1", "--seconds", "100ms"] + publisher + options[..<3] + [address])
        }
        #expect(outcome.status == 1, "\(outcome)")
        for part in parts { #expect(outcome.error.contains(part), "\(outcome)") }
        #expect(!outcome.error.contains("secret") && !outcome.error.contains("has no order"), "\(outcome)")
    }

    @Test("Updates that nothing here knows are told to a person")
    func tellsUnknownUpdates() async throws {
        let outcome = try await withServer { port in
            try await Command.run(
                "load", "--transport", "sse", "--publish", "none", "--target-url",
                "http://127.0.0.1:\(port)?order={order}&ticks", "--header", "X-Tenant: a b", "--connections", "1",
                "--warmup", "0s", "--seconds", "500ms")
        }
        #expect(outcome.output.contains(/\nunknown +\d+ updates/), "\(outcome)")
        #expect(outcome.status == 1 && outcome.error.contains("--publish elsewhere"), "\(outcome)")
    }

    @Test("A request that lacks a header is reported with the server's answer")
    func aHeaderThatItMissesIsSaid() async throws {
        let outcome = try await withServer { port in
            try await Command.run(arguments(port, "sse") + ["--sequence-pointer", "/no/1/n"])
        }
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("403"), "\(outcome)")
    }

    /// Two updates of a burst have one time, and milliseconds cannot tell others apart either.
    @Test("Times that cannot tell updates apart are refused with the option that helps")
    func timesThatCannotTellUpdatesApartAreRefused() async throws {
        let outcome = try await withServer { port in
            try await Command.run(arguments(port, "websocket") + ["--header", "X-Tenant: a b"])
        }
        #expect(outcome.status == 2)
        #expect(outcome.output.contains("--sequence-pointer"), "\(outcome)")
    }
}
