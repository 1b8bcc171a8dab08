import Clocks
import LoadGeneration
import OrderUpdates
import SeededRandomness
import Testing

@Suite struct TimestampParserTests {
    private func parse(_ text: String, _ parser: inout TimestampParser) -> Int64? {
        Array(text.utf8).withUnsafeBytes { parser.parse($0) }
    }

    /// The shortcut for one minute must not be taken for another.
    @Test("The parser agrees with the Clocks module on any time") func agreesWithTheClocksModuleOnAnyTime() {
        var generator = SeededGenerator(seed: 7)
        var parser = TimestampParser()
        for round in 0..<5_000 {
            let near = Int64(1_795_000_000_000_000_000) + Int64(generator.next(below: 200)) * 1_000_000_000
            let far = Int64(generator.next(below: 4_000_000_000)) * 1_000_000_000
            let time = (round.isMultiple(of: 2) ? near : far) + Int64(generator.next(below: 1_000_000_000))
            #expect(parse(Timestamp.string(time), &parser) == time)
        }
    }

    @Test(
        "A text that is no time is refused",
        arguments: [
            "2026-11-23T05:07:23.123456789+01:60",  // no offset
            "2026-11-23T05:07:23.12345678xZ",  // no digit
            "2026-13-23T05:07:23.123456789Z",  // no month
            "2026-11-23T05:07:99.123456789Z",  // no second
            "",
            "yesterday",
        ])
    func refusesOtherTexts(text: String) {
        var parser = TimestampParser()
        #expect(parse(text, &parser) == nil)
        // And after a good one, whose minute it may share.
        #expect(parse("2026-11-23T05:07:01.000000000Z", &parser) != nil)
        #expect(parse(text, &parser) == nil)
    }

    @Test("A time may have fewer decimals, and an offset") func takesFewerDecimals() {
        var parser = TimestampParser()
        #expect(parse("2026-11-23T05:07:23Z", &parser) == Timestamp.parse("2026-11-23T05:07:23Z".utf8))
        #expect(parse("2026-11-23T05:07:23.5Z", &parser) == Timestamp.parse("2026-11-23T05:07:23.5Z".utf8))
        // Another's server may write its local time.
        #expect(parse("2026-11-23T06:07:23.5+01:00", &parser) == Timestamp.parse("2026-11-23T05:07:23.5Z".utf8))
    }

    @Test("The time of an update is found in its JSON") func findsTheTimeOfAnUpdate() throws {
        let order = try #require(OrderID("order-1"))
        let update = OrderUpdate(
            orderID: order, status: .activating, message: #"a "timestamp" of sorts"#, source: "bench",
            timestamp: 1_795_000_000_123_456_789)
        var json: [UInt8] = []
        update.appendJSON(to: &json)
        let range = try #require(json.withUnsafeBytes { TimestampParser.range(in: $0) })
        #expect(String(decoding: json[range], as: UTF8.self) == Timestamp.string(update.timestamp))
    }

    @Test(
        "The time is found wherever it stands, or there is none",
        arguments: [
            (#"{"timestamp":"2026-11-23T05:07:23Z","x":1}"#, "2026-11-23T05:07:23Z"),
            (#"{"x":"y","timestamp":"a"}"#, "a"),
            (#"{"x":1}"#, nil),
            (#"{"timestamp":"never ends"#, nil),
            ("", nil),
            (#"""""""""""#, nil),
        ] as [(String, String?)])
    func searchesElsewhere(json: String, expected: String?) {
        let bytes = Array(json.utf8)
        let range = bytes.withUnsafeBytes { TimestampParser.range(in: $0) }
        #expect(range.map { String(decoding: bytes[$0], as: UTF8.self) } == expected)
    }
}
