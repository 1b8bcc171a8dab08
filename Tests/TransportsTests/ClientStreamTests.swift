import OrderUpdates
import SeededRandomness
import Testing
import TransportCore
import Transports

/// A client's event stream over HTTP/1.1, wherever the bytes are cut.
@Suite(.timeLimit(.minutes(2))) struct ClientStreamTests {
    private static let header = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    private static let chunked = header + "transfer-encoding: chunked\r\n\r\n"

    private static func event(_ number: Int, padding: Int = 0) -> String {
        "event: order.update\nid: 1-\(number)\ndata: {\"n\":\(number)\(String(repeating: " ", count: padding))}\n\n"
    }

    private static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    /// A client's account of what a server sent in these pieces.
    private static func run(_ pieces: [String], closes: Bool = true) async throws -> (
        lines: [String], cause: ClosedCause
    ) {
        let server = ScriptedServer(pieces.map { Array($0.utf8) }, closes: closes)
        let client = try await SSEClientTransport().makeClient(ClientConfiguration())
        let recorder = ClientRecorder()
        let endpoint = Endpoint(host: "127.0.0.1", port: server.port)
        _ = client.open(Subscription(endpoint: endpoint, orders: [OrderID("a")!]), handler: recorder)
        let cause = await recorder.untilClosed()
        await client.shutdown()
        return (recorder.lines, cause)
    }

    private static let expected = ["opened"] + (1...6).map { "update 1-\($0) {\"n\":\($0)}" } + ["closed"]

    /// The whole answer: a header and chunks, some with more than one event, some with less.
    private static let answer: String = {
        let fifth = event(5)
        let middle = fifth.index(fifth.startIndex, offsetBy: 20)
        return chunked + chunk(event(1)) + chunk(event(2) + event(3)) + chunk(event(4) + fifth[..<middle])
            + chunk(fifth[middle...] + event(6)) + "0\r\n\r\n"
    }()

    @Test(
        "An answer that is cut once, anywhere, is read whole", arguments: (1..<answer.utf8.count / 7).map { $0 * 7 })
    func readsWhateverTheCut(_ place: Int) async throws {
        let bytes = Array(Self.answer.utf8)
        let pieces = [bytes[..<place], bytes[place...]].map { String(decoding: $0, as: UTF8.self) }
        let (lines, cause) = try await Self.run(pieces, closes: false)
        #expect(lines == Self.expected)
        #expect(cause == .ended)
    }

    @Test("An answer in random pieces is read whole", arguments: 1...10 as ClosedRange<UInt64>)
    func readsPieces(_ seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        let pieces = Array(Self.answer.utf8).cut(upTo: 60, using: &generator).filter { !$0.isEmpty }
        let (lines, _) = try await Self.run(pieces.map { String(decoding: $0, as: UTF8.self) }, closes: false)
        #expect(lines == Self.expected)
    }

    @Test("An event larger than any buffer is read whole")
    func readsLargeEvents() async throws {
        let large = Self.event(1, padding: 600_000)
        let (lines, _) = try await Self.run([Self.chunked + Self.chunk(large), Self.chunk(Self.event(2))])
        #expect(lines.count == 4)
        #expect(lines[1].utf8.count > 600_000)
        #expect(lines[2] == "update 1-2 {\"n\":2}")
    }

    @Test("A stream without a coding ends with its connection")
    func readsUntilTheEnd() async throws {
        let (lines, cause) = try await Self.run([Self.header + "\r\n" + Self.event(1), Self.event(2)])
        #expect(lines == ["opened", "update 1-1 {\"n\":1}", "update 1-2 {\"n\":2}", "closed"])
        #expect(cause == .ended)
    }

    @Test("Retry, comments, close notices and lost positions are told apart")
    func tellsEvents() async throws {
        let (lines, cause) = try await Self.run([
            Self.chunked + Self.chunk("retry: 1000\n\n"),
            Self.chunk("event: position.lost\ndata: {\"orderId\":\"a\",\"position\":\"1-1\"}\n\n"),
            Self.chunk("event: order.snapshot\nid: 1-9\ndata: {}\n\n"), Self.chunk(": heartbeat\n\n"),
            Self.chunk("event: heartbeat\ndata: {}\n\n"), Self.chunk("event: of.tomorrow\ndata: {}\n\n"),
            Self.chunk(
                "event: close\ndata: {\"code\":1012,\"reason\":\"draining\",\"reconnect\":true,\"delay\":250}\n\n"),
            Self.chunk(Self.event(1)),
        ])
        #expect(lines == ["opened", "lost a", "snapshot 1-9 {}", "heartbeat", "heartbeat", "closed"])
        #expect(cause == .reason(.draining.after(milliseconds: 250)))
    }

    @Test("An answer that is no event stream is refused with its status, or said to be none")
    func refusesOthers() async throws {
        let busy = "HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 2\r\n\r\n{}"
        #expect(try await Self.run([busy]).cause == .refused(status: 503, retryAfter: 7))
        let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\n<>"
        #expect(try await Self.run([page]).cause == .notAStream(contentType: "text/html"))
    }

    @Test("A stream that breaks its coding fails, one that is cut off ends")
    func seesBrokenStreams() async throws {
        let (lines, cause) = try await Self.run([Self.chunked + Self.chunk(Self.event(1)), "xyz\r\n"], closes: false)
        #expect(lines == ["opened", "update 1-1 {\"n\":1}", "closed"])
        #expect(cause == .failed("the body is not in the chunked coding that it announces"))
        #expect(try await Self.run([Self.chunked + Self.chunk(Self.event(1)), "ff\r\nda"]).cause == .ended)
    }

    @Test(
        "A chunk's size that is none fails the stream",
        arguments: ["zz", "-5", "+5", "0x5", "fffffffffffffffff", "", " 5"])
    func refusesChunkSizes(_ size: String) async throws {
        let (lines, cause) = try await Self.run(
            [Self.chunked + Self.chunk(Self.event(1)), size + "\r\nhello\r\n"], closes: false)
        #expect(lines == ["opened", "update 1-1 {\"n\":1}", "closed"])
        #expect(cause == .failed("the body is not in the chunked coding that it announces"))
    }

    @Test("What the field sends around a stream is no part of it", arguments: Self.oddities)
    func readsOddities(_ oddity: Oddity) async throws {
        let (lines, cause) = try await Self.run([oddity.head, oddity.body])
        #expect(lines == ["opened", "update 1-1 {\"n\":1}", "closed"])
        #expect(cause == .ended)
    }

    struct Oddity: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var head: String
        var body = ClientStreamTests.chunk(ClientStreamTests.event(1)) + "0\r\n\r\n"
    }

    static let oddities: [Oddity] = {
        let event = Self.event(1)
        let size = String(event.utf8.count, radix: 16)
        let type = "content-type: text/event-stream\r\n"
        let fields = "\(type)transfer-encoding: chunked\r\n\r\n"
        let many = (0..<120).map { "x-\($0): \(String(repeating: "y", count: 80))\r\n" }.joined()
        return [
            Oddity(testDescription: "103 before 200", head: "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + chunked),
            Oddity(testDescription: "100 before 200", head: "HTTP/1.1 100 Continue\r\n\r\n" + chunked),
            Oddity(
                testDescription: "chunk extensions", head: chunked,
                body: "\(size);a;b=\"c;\"\r\n\(event)\r\n0;x=y\r\n\r\n"),
            Oddity(
                testDescription: "trailers", head: chunked, body: "\(size)\r\n\(event)\r\n0\r\nx-sum: 1\r\n\r\n"),
            Oddity(
                testDescription: "zeros before a size", head: chunked,
                body: "\(String(repeating: "0", count: 40))\(size)\r\n\(event)\r\n0\r\n\r\n"),
            Oddity(testDescription: "HTTP/1.0", head: "HTTP/1.0 200 OK\r\n\(type)\r\n", body: event),
            Oddity(testDescription: "no reason phrase", head: "HTTP/1.1 200\r\n\(fields)"),
            Oddity(
                testDescription: "lines that end with LF",
                head: String(decoding: (header + "\r\n").utf8.filter { $0 != 0x0D }, as: UTF8.self), body: event),
            Oddity(testDescription: "a folded field", head: "HTTP/1.1 200 OK\r\nx: a\r\n\tb\r\n\(fields)"),
            Oddity(testDescription: "120 fields, 10 KB", head: "HTTP/1.1 200 OK\r\n\(many)\(fields)"),
            Oddity(
                testDescription: "a coding in capitals",
                head: "HTTP/1.1 200 OK\r\n\(type)Transfer-Encoding: Chunked\r\n\r\n"),
            Oddity(
                testDescription: "a field whose name begins known ones", head: "HTTP/1.1 200 OK\r\nA: b\r\n\(fields)"),
            Oddity(
                testDescription: "the same, last", head: "HTTP/1.1 200 OK\r\n\(fields.dropLast())Content: 1\r\n\r\n"),
            Oddity(
                testDescription: "a type in capitals, with a blank and a parameter",
                head: "HTTP/1.1 200 OK\r\ncontent-type:  Text/Event-Stream ; charset=\"utf-8\" \r\n\r\n", body: event),
        ]
    }()

    @Test(
        "What only begins with the type of an event stream is none",
        arguments: [
            "text/event-streamx", "text/event-streamer; charset=utf-8", "text/event-stream x", "text/event", "",
        ])
    func refusesOtherTypes(_ type: String) async throws {
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: \(type)\r\n\r\n"
        #expect(try await Self.run([answer]).cause == .notAStream(contentType: type))
    }

    @Test("A stream with a content coding is refused by the coding's name")
    func refusesCodings() async throws {
        guard case .failed(let cause) = try await Self.run([Self.header + "content-encoding: GZIP\r\n\r\n\u{1F}"]).cause
        else {
            Issue.record("it did not fail")
            return
        }
        #expect(cause.hasPrefix("the answer is gzip"))
        let plain = try await Self.run([Self.header + "content-encoding: identity\r\n\r\n" + Self.event(1)])
        #expect(plain.lines == ["opened", "update 1-1 {\"n\":1}", "closed"])
    }

    @Test("A response's header that is too long names the limit")
    func namesTheLimit() async throws {
        let long = "HTTP/1.1 200 OK\r\n" + String(repeating: "x: \(String(repeating: "y", count: 997))\r\n", count: 70)
        #expect(try await Self.run([long]).cause == .failed("its header has more than 65536 bytes, which is the limit"))
    }

    @Test("A connection that ends before an answer, or is refused, fails and says where")
    func seesNoAnswer() async throws {
        for pieces in [[], ["HTTP/1.1 200"]] {
            guard case .failed(let cause) = try await Self.run(pieces).cause else {
                Issue.record("it did not fail")
                continue
            }
            #expect(!cause.isEmpty)
        }
    }

    @Test("A server that accepts and says nothing is given up after the deadline")
    func keepsDeadline() async throws {
        let server = ScriptedServer([], closes: false)
        var configuration = ClientConfiguration()
        configuration.connectDeadline = .milliseconds(50)
        for transport in [SSEClientTransport(), WebSocketClientTransport(), PollingClientTransport()]
            as [any ClientTransport]
        {
            let client = try await transport.makeClient(configuration)
            let recorder = ClientRecorder()
            let endpoint = Endpoint(host: "127.0.0.1", port: server.port)
            _ = client.open(Subscription(endpoint: endpoint, orders: [OrderID("a")!]), handler: recorder)
            guard case .failed = await recorder.untilClosed() else {
                Issue.record("\(transport.name) did not give up")
                continue
            }
            #expect(recorder.lines == ["closed"])
            await client.shutdown()
        }
    }

    @Test("The position to resume after goes into the header field that a browser would send")
    func sendsLastEventID() async throws {
        let server = ScriptedServer([Array((Self.chunked + "0\r\n\r\n").utf8)], closes: true)
        let client = try await SSEClientTransport().makeClient(ClientConfiguration())
        let recorder = ClientRecorder()
        var subscription = Subscription(
            endpoint: Endpoint(host: "127.0.0.1", port: server.port), orders: [OrderID("a")!],
            after: StreamPosition(epoch: 31, offset: 7), credential: .bearer("t"))
        subscription.headers = [("x-test", "1")]
        _ = client.open(subscription, handler: recorder)
        _ = await recorder.untilClosed()
        await client.shutdown()
        let lines = server.request.lowercased().split(separator: "\r\n")
        #expect(lines.first == "get /orders/a/events http/1.1")
        for line in ["last-event-id: 1f-7", "authorization: bearer t", "x-test: 1", "host: 127.0.0.1:\(server.port)"] {
            #expect(lines.contains { $0 == line }, "\(line) in \(lines)")
        }
    }
}
