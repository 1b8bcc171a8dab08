import SeededRandomness
import Testing
import Transports

@Suite struct EventStreamParserTests {
    @Test("The collection is whole")
    func vectorsAreThere() {
        #expect(EventStreamVectors.all.vectors.count == 99)
        #expect(EventStreamVectors.all.count == 99)
    }

    @Test("A vector gives its events", arguments: EventStreamVectors.all.vectors)
    func passesVector(_ vector: EventStreamVectors.Vector) throws {
        vector.check(try StreamOutcome(parsing: vector.pieces, limit: Self.limit), "as it comes")
    }

    @Test("A vector gives its events however it is cut", arguments: EventStreamVectors.all.vectors)
    func passesVectorInPieces(_ vector: EventStreamVectors.Vector) throws {
        let bytes = Array(vector.pieces.joined())
        vector.check(try StreamOutcome(parsing: [bytes], limit: Self.limit), "in one piece")
        // The one large vector would take minutes byte by byte.
        let isLarge = vector.chunks == nil
        if !isLarge { vector.check(try StreamOutcome(parsing: bytes.map { [$0] }), "byte by byte") }
        for seed in 1...(isLarge ? 2 : 20) as ClosedRange<UInt64> {
            var generator = SplitMix64(seed: seed)
            let pieces = bytes.cut(upTo: isLarge ? 300_000 : 9, using: &generator)
            vector.check(try StreamOutcome(parsing: pieces, limit: Self.limit), "seed \(seed)")
        }
    }

    /// Bytes of an event: one of the vectors has fourteen million.
    private static let limit = 16 * 1024 * 1024

    /// Pieces of streams, so that random ones are not all noise.
    private static let words: [[UInt8]] = [
        "data", "data", "id", "event", "retry", ":", ":", ": ", "\n", "\n", "\r\n", "\r\n", "\r", "\n\n", "\r\r", " ",
        "x",
        "17", "\u{0}", "\u{FEFF}", "é", "data: one\n", "id: 4\n", "event: e\r\n", "data", "retry: 5\n", "dat", "ids",
    ].map { Array($0.utf8) }

    @Test(
        "A random stream gives what the standard's algorithm gives, however it is cut",
        arguments: 1...400 as ClosedRange<UInt64>)
    func agreesWithModel(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let bytes = (0..<Int.random(in: 0...120, using: &generator)).flatMap { _ in
            Self.words.randomElement(using: &generator)!
        }
        let expected = EventStreamModel.outcome(of: bytes)
        let stream = String(decoding: bytes, as: UTF8.self).debugDescription
        for pieces in [[bytes], bytes.map { [$0] }, bytes.cut(using: &generator), bytes.cut(using: &generator)] {
            let outcome = try StreamOutcome(parsing: pieces)
            #expect(outcome.events == expected.events, "\(stream)")
            #expect(outcome.lastEventID == expected.lastEventID, "\(stream)")
        }
    }

    @Test("Comments are handed on at once, and before an event none is kept")
    func handsOnComments() throws {
        let beats = Array(": heartbeat\n".utf8)
        let outcome = try StreamOutcome(parsing: Array(repeating: beats, count: 1000), limit: 64)
        #expect(outcome.comments == Array(repeating: " heartbeat", count: 1000))
        #expect(try StreamOutcome(parsing: [Array(":\r".utf8)]).comments == [""])
    }

    @Test("An event of the limit passes, one of a byte more is an error, in one piece and in many")
    func boundsEvents() throws {
        let event = Array("data: 0123456789\n\n".utf8)
        for pieces in [[event], event.map { [$0] }] {
            #expect(try StreamOutcome(parsing: pieces, limit: event.count).events.count == 1)
            #expect(throws: EventStreamParser.EventTooLarge(limit: event.count - 1)) {
                try StreamOutcome(parsing: pieces, limit: event.count - 1)
            }
        }
        #expect(throws: EventStreamParser.EventTooLarge(limit: 100)) {
            try StreamOutcome(parsing: Array(repeating: Array("data: without an end".utf8), count: 100), limit: 100)
        }
    }

    @Test("Nothing follows when the receiver has enough")
    func stops() throws {
        var parser = EventStreamParser()
        var count = 0
        try Array("data: 1\n\ndata: 2\n\n".utf8).withUnsafeBytes { bytes in
            try parser.parse(bytes) { _ in
                count += 1
                return false
            }
        }
        #expect(count == 1)
    }
}

extension [UInt8] {
    /// The bytes in random pieces, some of them empty.
    func cut(upTo longest: Int = 9, using generator: inout SplitMix64) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var index = 0
        while index < count {
            let length = Swift.min(Int.random(in: 0...longest, using: &generator), count - index)
            pieces.append(Array(self[index..<index + length]))
            index += length
        }
        return pieces
    }
}
