import FoundationEssentials
import OrderUpdates
import SeededRandomness
import Testing

@Suite struct OrderUpdateJSONTests {
    private func json(_ update: OrderUpdate) -> String {
        var bytes = Array("kept:".utf8)
        update.appendJSON(to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("kept:"))
        return String(text.dropFirst(5))
    }

    @Test("The members of an update stand in the order of the wire format") func membersStandInTheOrderOfTheWire() {
        let update = OrderUpdate(
            orderID: OrderID("a-1")!, status: .failed, stage: "provisioning", message: "Port check", reason: "no port",
            source: "inventory", timestamp: 1_700_000_000_123_456_789)
        #expect(
            json(update) == """
                {"orderId":"a-1","status":"Failed","activationStatus":"Failed","stage":"provisioning",\
                "message":"Port check","reason":"no port","source":"inventory",\
                "timestamp":"2023-11-14T22:13:20.123456789Z"}
                """)
    }

    @Test("The reason is null where nothing failed") func reasonIsNullWhereNothingFailed() {
        let update = OrderUpdate(orderID: .a, status: .approved, activationStatus: .activating, timestamp: 0)
        #expect(
            json(update) == """
                {"orderId":"a","status":"Approved","activationStatus":"Activating","stage":"","message":"",\
                "reason":null,"source":"tandem","timestamp":"1970-01-01T00:00:00.000000000Z"}
                """)
    }

    @Test(
        "Text is escaped as JSON needs it, and no further",
        arguments: [
            (#"""#, #"\""#), (#"\"#, #"\\"#), ("\n", #"\n"#), ("\r", #"\r"#), ("\t", #"\t"#), ("\u{8}", #"\b"#),
            ("\u{C}", #"\f"#), ("\0", #"\u0000"#), ("\u{1B}", #"\u001b"#), ("\u{1F}", #"\u001f"#),
            // One grapheme, two bytes to escape.
            ("\r\n", #"\r\n"#),
            // What needs no escape: a slash, DEL, the line separators that only JavaScript minded, any other letter.
            ("/", "/"), ("\u{7F}", "\u{7F}"), ("\u{2028}\u{2029}", "\u{2028}\u{2029}"), ("é€😀", "é€😀"),
            // At the start, at the end, side by side, alone.
            (#""a"b""#, #"\"a\"b\""#), (#"\\"#, #"\\\\"#), ("", ""),
        ])
    func stringsAreEscaped(_ text: String, _ escaped: String) {
        let update = OrderUpdate(
            orderID: .a, status: .failed, stage: text, message: text, reason: text, source: text, timestamp: 0)
        #expect(
            json(update) == """
                {"orderId":"a","status":"Failed","activationStatus":"Failed","stage":"\(escaped)",\
                "message":"\(escaped)","reason":"\(escaped)","source":"\(escaped)",\
                "timestamp":"1970-01-01T00:00:00.000000000Z"}
                """)
    }

    private struct Decoded: Decodable, Equatable {
        var orderId, status, activationStatus, stage, message: String
        var reason: String?
        var source, timestamp: String
    }

    @Test("Another parser reads back any text") func anotherParserReadsBackAnyText() throws {
        var generator = SplitMix64(seed: 7)
        let alphabet =
            (0..<0x20).map { Unicode.Scalar($0)! } + Array(#""\/aé€😀"#.unicodeScalars) + ["\u{2028}", "\u{7F}"]
        func text() -> String {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                scalars.append(alphabet.randomElement(using: &generator)!)
            }
            return String(scalars)
        }
        for _ in 0..<500 {
            let update = OrderUpdate(
                orderID: .a, status: .failed, stage: text(), message: text(), reason: text(), source: text(),
                timestamp: 0)
            let encoded = json(update)
            #expect(!encoded.utf8.contains { $0 < 0x20 }, "a stream's line would break")
            let decoded = try JSONDecoder().decode(Decoded.self, from: Data(encoded.utf8))
            #expect(decoded.stage == update.stage)
            #expect(decoded.message == update.message)
            #expect(decoded.reason == update.reason)
            #expect(decoded.source == update.source)
        }
    }

    @Test("The hub keeps the bytes that the update encodes") func theHubKeepsWhatTheUpdateEncodes() throws {
        let hub = OrderEventHub()
        let position = try hub.create(.a, owner: "ada").position
        let update = OrderUpdate.progress(.a, #"say "hi""#)
        try hub.publish(update)
        guard case .events(let events, _) = hub.read(.a, after: position) else {
            Issue.record("the position of an order just created is lost")
            return
        }
        #expect(events.map { String(decoding: $0.json, as: UTF8.self) } == [json(update)])
        #expect(hub.order(.a)?.json == events[0].json)
    }
}
