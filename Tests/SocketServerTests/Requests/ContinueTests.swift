import Testing
import Transports

/// `100 Continue`, which asks for a body that waits to be asked for (RFC 9110, section 10.1.1).
@Suite(.ownThreads) struct ContinueTests {
    private static let get = "GET /orders/a HTTP/1.1\r\nHost: test\r\n\r\n"
    private static let post =
        "POST /orders/a/updates HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
    private static let probe = "GET /orders/probe HTTP/1.1\r\nHost: test\r\n\r\n"

    /// The end of a head that announces a body, and the body as it is sent then: of a known length, and in chunks.
    private static func forms(of body: String) -> [(framing: String, sent: String)] {
        let count = body.utf8.count
        return [
            ("Content-Length: \(count)\r\n\r\n", body),
            ("Transfer-Encoding: chunked\r\n\r\n", "\(String(count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"),
        ]
    }

    @Test("a body that waits is asked for once, in each request of a connection", arguments: Wire.Path.all)
    func asks(path: Wire.Path) async throws {
        let server = try WireServer(path)
        let message = String(repeating: "m", count: 40_000)
        for (framing, sent) in Self.forms(of: "{\"status\":\"Activating\",\"message\":\"\(message)\"}") {
            let bytes = Array(sent.utf8)
            let wire = try server.connect()
            for count in 1...2 {
                wire.send(Self.post + framing)
                try wire.read { $0.hasSuffix("HTTP/1.1 100 Continue\r\n\r\n") }
                for start in stride(from: 0, to: bytes.count, by: 3_000) {
                    wire.send(Array(bytes[start..<min(start + 3_000, bytes.count)]))
                }
                try wire.read { _ in wire.statuses.count { $0 == "202" } == count }
            }
            wire.send(Self.probe)
            try wire.read { $0.contains("there is no order probe") }
            #expect(wire.statuses == ["100", "202", "100", "202", "404"], "\(framing.debugDescription)")
        }
        await server.test.server.stop()
    }

    @Test("a body of which some has come is not asked for", arguments: Wire.Path.all)
    func staysSilent(path: Wire.Path) async throws {
        let server = try WireServer(path)
        for (framing, sent) in Self.forms(of: #"{"status":"Activating"}"#) {
            let whole = try server.ask([Self.post + framing + sent])
            #expect(whole.statuses == ["202"], "\(whole.text)")
            // The answer to the request in front tells that the segment has been read, and so the first of the body with it.
            let wire = try server.connect()
            wire.send("\(Self.get)\(Self.post)\(framing)\(sent.prefix(9))")
            try wire.read { $0.contains("HTTP/1.1 200") }
            wire.send("\(sent.dropFirst(9))\(Self.probe)")
            try wire.read { $0.contains("there is no order probe") }
            #expect(wire.statuses == ["200", "202", "404"], "\(wire.text)")
        }
        await server.test.server.stop()
    }

    @Test("a body that nobody wants is not asked for", arguments: Wire.Path.all)
    func refuses(path: Wire.Path) async throws {
        let server = try WireServer(path)
        let wire = try server.connect()
        wire.send("POST /nowhere HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        try wire.read { $0.contains("HTTP/1.1 404") }
        #expect(wire.statuses == ["404"])
        await server.test.server.stop()
    }
}
