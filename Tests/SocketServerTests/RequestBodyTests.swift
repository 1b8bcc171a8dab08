import OrderUpdates
import Testing
import TransportCore
import Transports

/// Whatever a request's body or a message is for, the same text is JSON or is none.
@Suite("Bodies of requests", .ownThreads) struct RequestBodyTests {
    /// A form of body: a path, a media type, and a text that is taken, with one member more where `X` stands.
    struct Form: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let path: String
        let type: String
        let text: String
        let status: Int

        static let all = [
            Form("an update", "/orders/a/updates", #"{"status":"Activating"X}"#, 202),
            Form("an array of updates", "/orders/a/updates", #"[{"status":"Activating"X}]"#, 202),
            Form("a CloudEvent", "/orders/a/updates", #"\#(event)X}"#, 202, type: "cloudevents"),
            Form("a batch of CloudEvents", "/orders/a/updates", #"[\#(event)X}]"#, 202, type: "cloudevents-batch"),
            Form("a command", "/orders/a/commands", #"{"command":"complete"X}"#, 202),
            Form("an order", "/orders", #"{"id":"new"X}"#, 201),
            Form("a ticket", "/tickets", #"{"transport":"sse","orders":["a"]X}"#, 201),
            Form("a renewal", "/renewals", #"{"tokenId":"none"X}"#, 404),
            Form("a revocation", "/revocations", #"{"tokenId":"none"X}"#, 204),
        ]

        private static let event =
            #"{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"status":"Activating"}"#

        init(_ name: String, _ path: String, _ text: String, _ status: Int, type: String? = nil) {
            (testDescription, self.path, self.text, self.status) = (name, path, text, status)
            self.type = type.map { "application/\($0)+json" } ?? "application/json"
        }

        func text(with member: String) -> [UInt8] { Array(text.replacing("X", with: member).utf8) }
    }

    /// What is done to a sound text, and what the answer says of it.
    static let faults: [(says: String, make: @Sendable (Form) -> [UInt8])] = [
        ("byte order mark", { [0xEF, 0xBB, 0xBF] + $0.text(with: "") }),
        ("not UTF-8", { utf16($0.text(with: "")) }),
        ("not UTF-8", { [0xFE, 0xFF] + utf16($0.text(with: "")) }),
        ("not UTF-8", { $0.text(with: "").flatMap { [0, 0, 0, $0] } }),
        ("not UTF-8", { $0.text(with: #","x":""#) + [0xE9] + Array("\"".utf8) + $0.text(with: "").suffix(1) }),
        ("number", { $0.text(with: #","x":01"#) }),
        ("name", { $0.text(with: ",") }),
        ("twice", { $0.text(with: #","x":1,"x":1"#) }),
        ("twice", { $0.text(with: #","x":{"y":1,"\u0079":1}"#) }),
        ("follows", { $0.text(with: "") + Array("{}".utf8) }),
        ("no text", { _ in [] }),
    ]

    private static func utf16(_ text: [UInt8]) -> [UInt8] { text.flatMap { [0, $0] } }

    private func post(_ form: Form, _ body: [UInt8], _ server: TokenServer) throws -> String {
        let token = try server.token("alice", Set(Scope.allCases), id: "t")
        let client = try RawClient(server.test.endpoint)
        client.send(
            Array(
                """
                POST \(form.path) HTTP/1.1\r
                Host: test\r
                Authorization: Bearer \(token)\r
                Content-Type: \(form.type)\r
                Content-Length: \(body.count)\r
                Connection: close\r
                \r

                """.utf8) + body)
        return try client.readToEnd()
    }

    @Test("Every form of body is taken without a fault", arguments: Form.all)
    func takes(_ form: Form) async throws {
        let server = try await TokenServer()
        // A member that nobody knows changes nothing.
        let answer = try post(form, form.text(with: #","x":[1.0,{"x":"\u00e9"}]"#), server)
        #expect(answer.hasPrefix("HTTP/1.1 \(form.status) "), "\(answer)")
        await server.test.server.stop()
    }

    @Test("A fault is refused alike in every form of body", arguments: Form.all)
    func refuses(_ form: Form) async throws {
        let server = try await TokenServer()
        for (says, make) in Self.faults {
            let answer = try post(form, make(form), server)
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(says): \(answer)")
            #expect(answer.contains("not JSON as RFC 8259 has it") && answer.contains(says), "\(answer)")
        }
        #expect(server.test.hub.statistics.published == 1, "nothing of what was refused has been published")
        await server.test.server.stop()
    }

    @Test(
        "A message with a fault ends its WebSocket",
        arguments: [
            #"{"type":"unsubscribe","orderId":"a",}"#, #"{"type":"unsubscribe","orderId":"a","x":01}"#,
            #"{"type":"unsubscribe","type":"unsubscribe","orderId":"a"}"#, "\u{FEFF}{\"type\":\"unsubscribe\"}",
            "{\"type\":\"unsubscribe\",\u{0}\"orderId\":\"a\"}",
        ])
    func endsTheWebSocket(_ text: String) async throws {
        let server = try TestServer()
        let client = try RawClient.webSocket(server, "/orders/a/socket")
        try client.read(until: "order.snapshot")
        client.sendText(text)
        try client.readClose(1008, "policy-violation")
        await server.server.stop()
    }

    @Test("An order is not named by what references resolve", arguments: [".", ".."])
    func refusesDots(_ name: String) async throws {
        let server = try TestServer()
        let client = try RawClient(server.endpoint)
        client.post("/orders", #"{"id":"\#(name)"}"#, headers: ["Connection: close"])
        #expect(try client.readToEnd().hasPrefix("HTTP/1.1 400 "))
        await server.server.stop()
    }
}
