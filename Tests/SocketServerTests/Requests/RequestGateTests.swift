import LWS
import OrderUpdates
import Testing
import TransportCore
import Transports

/// What becomes of requests over HTTP/1.1 on real sockets: plain and TLS, first and kept alive.
@Suite(.ownThreads) struct RequestGateTests {
    private static let update = #"{"status":"Activating"}"#
    private static let line = "POST /orders/a/updates HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
    private static let get = "GET /orders/a HTTP/1.1\r\nHost: test\r\n"
    private static let upgrade =
        "GET /orders/a/socket HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

    /// Names that are beginnings of those that libwebsockets 4.1 knows, whose parser takes the line after one of them for its name.
    private static let prefixes = [
        "A", "X", "T", "If", "Set", "Auth", "User", "Proxy", "Content", "Cache", "Last", "X-Auth", "X-Real",
        "X-Forwarded", "Sec", "Accept-Lang", "Conn", "Ho",
    ]

    @Test("a field whose name is the beginning of a known one swallows nothing", arguments: Wire.Path.all)
    func prefixes(path: Wire.Path) async throws {
        let server = try WireServer(path)
        for name in Self.prefixes {
            let field = "\(name): abc\r\n"
            let last = try server.ask([Self.get + field + "\r\n"])
            #expect(last.statuses == ["200"] && last.isOpen, "\(name), last: \(last.text)")
            // The body is a request, which must not be served.
            let body = "GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n"
            let hidden = try server.ask([
                "GET /orders/a HTTP/1.1\r\nHost: test\r\n\(field)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            ])
            #expect(hidden.statuses == ["200"] && hidden.isOpen, "\(name), before Content-Length: \(hidden.text)")
        }
        await server.test.server.stop()
    }

    @Test("no body of any framing becomes a request", arguments: Wire.Path.all)
    func bodies(path: Wire.Path) async throws {
        let server = try WireServer(path) { $0.limits.bodyBytes = 100_000 }
        let count = Self.update.utf8.count
        let length = "Content-Length: \(count)\r\n"
        let chunked = "Transfer-Encoding: chunked\r\n"
        let chunks =
            "\(String(count - 2, radix: 16));a=\"b\"\r\n\(Self.update.dropLast(2))\r\n2 ;c\r\n\(Self.update.suffix(2))\r\n0\r\nT: x\r\n\r\n"
        let large = "{\"status\":\"Activating\",\"message\":\"\(String(repeating: "m", count: 40_000))\"}"
        for (request, statuses, isOpen) in [
            (Self.line + length + "\r\n" + Self.update, ["202"], true),
            (Self.line + "Content-Length:\t\(count) \r\n\r\n" + Self.update, ["202"], true),
            (Self.line + chunked + "\r\n" + chunks, ["202"], true),
            (Self.line + chunked + "\r\n" + chunks + Self.line + chunked + "\r\n" + chunks, ["202", "202"], true),
            (Self.line + "Content-Length: \(large.utf8.count)\r\n\r\n" + large, ["202"], true),
            (
                Self.line + chunked + "\r\n\(String(large.utf8.count, radix: 16))\r\n\(large)\r\n0\r\n\r\n", ["202"],
                true
            ),
            (Self.get + chunked + "\r\n" + chunks, ["200"], true),
            (Self.get + length + "\r\n" + Self.update, ["200"], true),
            ("POST /nowhere HTTP/1.1\r\nHost: test\r\n" + chunked + "\r\n" + chunks, ["404"], true),
            (Self.line + length + chunked + "\r\n" + chunks, ["400"], false),
            (Self.line + chunked + "\r\nzz\r\n" + Self.get + "\r\n", ["400"], false),
            (Self.line + chunked + "\r\n-5\r\n" + Self.get + "\r\n", ["400"], false),
            (Self.line + chunked + "\r\n" + chunks.replacing(" ;c", with: " "), ["400"], false),
            (Self.line + chunked + "\r\n" + chunks.replacing("0\r\nT", with: "0\t\r\nT"), ["400"], false),
            (Self.line + chunked + "\r\n1\r\nab\r\n0\r\n\r\n" + Self.get + "\r\n", ["400"], false),
            (Self.line + chunked + "\r\n1;" + String(repeating: "x", count: 20_000), ["400"], false),
            (Self.line + chunked + "\r\n30d40\r\n" + String(repeating: "x", count: 200_000), ["413"], false),
            (Self.line + "Content-Length: 200000\r\n\r\n", ["413"], false),
            // More than the socket holds: a reset would overtake the answer.
            (Self.line + "Content-Length: 8000000\r\n\r\n" + String(repeating: "x", count: 8_000_000), ["413"], false),
            (Self.line + "\r\n", ["411"], false),
            (Self.line + "Content-Length: -1\r\n\r\n" + Self.get + "\r\n", ["400"], false),
        ] {
            let answer = try server.ask([request])
            #expect(
                answer.statuses == statuses && answer.isOpen == isOpen,
                "\(request.prefix(300).debugDescription): \(answer.text.prefix(600))")
        }
        await server.test.server.stop()
    }

    @Test("what a rule refuses is answered with problem details, and the connection ends", arguments: Wire.Path.all)
    func refusals(path: Wire.Path) async throws {
        let server = try WireServer(path) { $0.limits.headerBytes = RequestHeadOracle.limit }
        for (rule, heads) in RequestHeadSamples.refused {
            for head in heads {
                let wire = try server.connect()
                wire.send(head)
                #expect(try !wire.read { _ in false }, "\(rule): \(head.debugDescription)")
                let text = wire.text
                #expect(text.hasPrefix("HTTP/1.1 \(rule.status) "), "\(rule): \(head.debugDescription): \(text)")
                #expect(text.contains("content-type: application/problem+json\r\n"))
                #expect(text.contains("connection: close\r\n"))
                #expect(text.contains("\"status\":\(rule.status)") != head.hasPrefix("HEAD "))
                for (name, value) in rule.headers { #expect(text.contains("\(name): \(value)\r\n")) }
            }
        }
        try await server.test.waitUntil("the connections have ended") { $0.connections == 0 }
        await server.test.server.stop()
    }

    @Test("chunked bodies that are kept until they are whole have a bound in sum, and are let go of")
    func chunkedBodies() async throws {
        let test = try TestServer { $0.limits.bodyBytes = 40 * 1024 * 1024 }
        let chunk = "1800000\r\n" + String(repeating: "x", count: 0x180_0000) + "\r\n"
        // Twice, as what the first had is free again.
        for _ in 0..<2 {
            let clients = try (0..<3).map { _ in try RawClient(test.endpoint) }
            for client in clients { client.send(Self.line + "Transfer-Encoding: chunked\r\n\r\n" + chunk) }
            #expect(try clients[2].readToEnd().hasPrefix("HTTP/1.1 503 "))
            for client in clients[..<2] { client.send("0\r\n\r\n") }
            for client in clients[..<2] { try client.read(until: "HTTP/1.1 400 ") }
        }
        await test.server.stop()
    }

    @Test("an answer to HEAD has no content", arguments: Wire.Path.all)
    func head(path: Wire.Path) async throws {
        let server = try WireServer(path)
        for request in [
            "HEAD / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n",
            "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        ] {
            let wire = try server.connect()
            wire.send(request)
            #expect(try !wire.read { _ in false })
            #expect(wire.text.hasSuffix("\r\n\r\n") && wire.statuses.count == 1, "\(wire.text)")
        }
        await server.test.server.stop()
    }

    @Test(
        "a body that nobody waits for has a bound, however steadily it comes", .timeLimit(.minutes(1)),
        arguments: Wire.Path.all)
    func unwantedBodies(path: Wire.Path) async throws {
        let server = try WireServer(path) { $0.limits.bodyDeadline = .seconds(1) }
        for head in [
            "POST /nowhere HTTP/1.1\r\n", "GET /healthz HTTP/1.1\r\n", "GET /orders/a/updates?wait=1 HTTP/1.1\r\n",
        ] {
            let wire = try server.connect()
            wire.send(head + "Host: test\r\nContent-Length: 9000000000000000000\r\n\r\n")
            try wire.read { !$0.isEmpty }
            #expect(wire.statuses.count == 1, "\(wire.text)")
            while wire.send("x") { try await Task.sleep(for: .milliseconds(20)) }
        }
        try await server.test.waitUntil("the connections have ended") { $0.connections == 0 }
        await server.test.server.stop()
    }

    @Test("an answer that ends its connection is whole, also where the socket does not take it at once")
    func largeLastAnswer() async throws {
        let test = try TestServer()
        let position = try #require(test.hub.order(TestServer.order)?.position)
        let client = try RawClient(test.endpoint, receiveBuffer: 4096)
        client.send("GET /orders/a/updates?wait=20&after=\(position) HTTP/1.0\r\n\r\n")
        try await test.waitUntil("the request waits") { $0.requests == 1 }
        let update = OrderUpdate(
            orderID: TestServer.order, status: .activating, message: String(repeating: "m", count: 8_000), timestamp: 0)
        _ = test.hub.publish(Array(repeating: update, count: 200))
        let answer = try client.readToEnd()
        let length = try #require(answer.firstMatch(of: /content-length: (\d+)\r\n/).flatMap { Int($0.1) })
        let body = try #require(answer.firstRange(of: "\r\n\r\n")).upperBound
        #expect(answer.utf8.distance(from: body, to: answer.endIndex) == length && length > 100_000)
        await test.server.stop()
    }

    @Test("heads that are allowed are served, whole or byte by byte", arguments: Wire.Path.all)
    func served(path: Wire.Path) async throws {
        let server = try WireServer(path)
        for (request, status, isOpen) in [
            ("\r\n" + Self.get + "\r\n", "200", true),
            ("GET http://x/healthz HTTP/1.1\r\nHost: a\r\n\r\n", "200", true),
            ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "200", true),
            ("TRACE /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "405", true),
            ("FOO /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "405", true),
            ("get /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "405", true),
            (Self.get + "Connection: te, close\r\n\r\n", "200", false), ("GET /healthz HTTP/1.0\r\n\r\n", "200", false),
            ("GET /orders/a%2fevents HTTP/1.1\r\nHost: a\r\n\r\n", "404", true),
            ("GET /orders/../healthz HTTP/1.1\r\nHost: a\r\n\r\n", "404", true),
            (Self.get + "If-None-Match: \"x\" \t\r\n\r\n", "200", true),
            (Self.get + "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "200", true),
        ] {
            for pieces in [[request], request.utf8.map { String(UnicodeScalar($0)) }] {
                let answer = try server.ask(pieces)
                #expect(
                    answer.statuses == [status] && answer.isOpen == isOpen,
                    "\(request.debugDescription): \(answer.text)")
            }
        }
        await server.test.server.stop()
    }

    @Test("a head that does not end is cut at the deadline, and so is a chunked body", arguments: Wire.Path.all)
    func deadlines(path: Wire.Path) async throws {
        let server = try WireServer(path) { $0.limits.headerDeadline = .seconds(1) }
        let patient = try WireServer(path) { $0.limits.headerDeadline = .seconds(60) }
        let waiting = try patient.connect()
        waiting.send("GET /healthz HTTP/1.1\r\n")
        let wires = try [
            "GET /", Self.get + "X", Self.get + "X: ", "\r\n",
            Self.line + "Transfer-Encoding: chunked\r\n\r\n5\r\nhe",
        ].map { text in
            let wire = try server.connect()
            wire.send(text)
            return wire
        }
        do {
            // Before that nothing ends: a head may take its time.
            let slow = try server.connect()
            slow.send("GET /healthz HTTP/1.1\r\n")
            #expect(try server.ask([Self.get + "\r\n"]).statuses == ["200"])
            slow.send("Host: a\r\n\r\n")
            try slow.read { $0.hasSuffix("}") }
            #expect(slow.statuses == ["200"])
        }
        for wire in wires { #expect(try !wire.read { _ in false }, "\(wire.text)") }
        try await server.test.waitUntil("the connections have ended") { $0.connections == 0 }
        // It was this deadline, and none of libwebsockets' own: one that is longer still runs.
        waiting.send("Host: a\r\n\r\n")
        try waiting.read { $0.hasSuffix("}") }
        #expect(waiting.statuses == ["200"])
        await server.test.server.stop()
        await patient.test.server.stop()
    }

    @Test("a peer that says nothing is cut at the deadline, whoever else says something", arguments: [false, true])
    func silence(isTLS: Bool) async throws {
        let server = try WireServer(Wire.Path(isTLS: isTLS, isFirst: true)) { $0.limits.headerDeadline = .seconds(1) }
        // What libwebsockets set its timer to while the loop began, or for another connection, has passed.
        for _ in 0..<2 {
            #expect(try server.ask([Self.get + "\r\n"]).statuses == ["200"])
            try await server.test.waitUntil("the connections have ended") { $0.connections == 0 }
            let silent = try RawClient(server.test.endpoint)
            let end = #expect(throws: RawClient.Failure.self) { try silent.read { _ in false } }
            #expect("\(try #require(end))".contains("the peer closed"), "within 20 s")
            try await server.test.waitUntil("the silent connection has ended") { $0.connections == 0 }
        }
        await server.test.server.stop()
    }

    @Test("frames that come with a WebSocket's handshake are its first", arguments: Wire.Path.all)
    func framesBehindTheHandshake(path: Wire.Path) async throws {
        let server = try WireServer(path)
        let wire = try server.connect()
        let message = #"{"type":"subscribe","orderId":"nobody"}"#
        let frame = [0x81, 0x80 | UInt8(message.utf8.count), 0, 0, 0, 0] + Array(message.utf8)
        wire.send(Array(Self.upgrade.utf8) + (0..<100).flatMap { _ in frame })
        try wire.read { $0.components(of: "there is no order nobody") == 100 }
        #expect(wire.statuses == ["101"])
        await server.test.server.stop()
    }

    @Test("without HTTP/2 its preface is answered with 505") func withoutHTTP2() async throws {
        let certificate = try SelfSigned()
        let tls = try RawTLS(authority: certificate.certificate)
        let test = try TestServer {
            $0.http2 = false
            $0.tls = .init(certificate: certificate.certificate, key: certificate.key)
        }
        let wire = try Wire(test.endpoint, tls, applicationProtocol: "h2")
        #expect(wire.agreedProtocol == nil)
        wire.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        try wire.read { _ in false }
        #expect(wire.statuses == ["505"], "\(wire.text)")
        await test.server.stop()
    }
}

extension String {
    /// How often the text stands in it.
    fileprivate func components(of text: String) -> Int {
        split(separator: text, omittingEmptySubsequences: false).count - 1
    }
}
