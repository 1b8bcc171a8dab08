import OrderUpdates
import SeededRandomness
import Testing
import TransportCore
import Transports

/// A client's event stream over HTTP/1.1, wherever the bytes are cut: its socket comes from libwebsockets' hands into ours
/// with the response's header.
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
        #expect(cause == .failed("the response is not in the chunked coding that it announces"))
        #expect(try await Self.run([Self.chunked + Self.chunk(Self.event(1)), "ff\r\nda"]).cause == .ended)
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
