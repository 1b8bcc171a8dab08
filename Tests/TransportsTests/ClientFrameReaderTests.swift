import Compression
import LWS
import SeededRandomness
import Testing

/// The frames of a WebSocket server, against RFC 6455.
@Suite struct ClientFrameReaderTests {
    enum Read: Equatable {
        case message(String, isText: Bool)
        case ping(String)
        case pong
        case close(UInt16?, String)
        case violation(UInt16)

        init(_ frame: ClientFrameReader.Frame) {
            switch frame {
            case .message(let text, let isText):
                self = .message(String(decoding: text, as: UTF8.self), isText: isText)
            case .ping(let text): self = .ping(String(decoding: text, as: UTF8.self))
            case .pong: self = .pong
            case .close(let code, let reason): self = .close(code, reason)
            }
        }
    }

    static func read(_ pieces: [[UInt8]], limit: Int = 1000, inflater: MessageInflater? = nil) -> [Read] {
        var reader = ClientFrameReader(messageLimit: limit)
        reader.inflater = inflater
        var found: [Read] = []
        for piece in pieces {
            do {
                try piece.withUnsafeBytes { bytes in
                    try reader.read(bytes) { frame in
                        found.append(Read(frame))
                        return true
                    }
                }
            } catch let violation as ClientFrameReader.Violation {
                return found + [.violation(violation.code)]
            } catch {
                Issue.record(error)
            }
        }
        return found
    }

    static func frame(_ first: UInt8, _ payload: some Collection<UInt8>) -> [UInt8] {
        let count = payload.count
        let length: [UInt8] =
            count < 126
            ? [UInt8(count)]
            : count < 65_536
                ? [126, UInt8(count >> 8), UInt8(count & 0xFF)]
                : [127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        return [first] + length + payload
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var expected: [Read]

        init(_ description: String, _ bytes: [UInt8], _ expected: Read...) {
            testDescription = description
            self.bytes = bytes
            self.expected = expected
        }
    }

    static let rows = [
        Row("text", frame(0x81, "hello".utf8), .message("hello", isText: true)),
        Row("binary need not be UTF-8", frame(0x82, [0xFF]), .message("\u{FFFD}", isText: false)),
        Row("empty", frame(0x81, []), .message("", isText: true)),
        Row(
            "two in a piece", frame(0x81, "a".utf8) + frame(0x81, "b".utf8), .message("a", isText: true),
            .message("b", isText: true)),
        Row(
            "126 bytes", frame(0x81, [UInt8](repeating: 65, count: 126)),
            .message(String(repeating: "A", count: 126), isText: true)),
        Row(
            "fragments, a ping among them",
            frame(0x01, "a".utf8) + frame(0x89, "p".utf8) + frame(0x00, "b".utf8) + frame(0x80, "c".utf8),
            .ping("p"), .message("abc", isText: true)),
        Row("a character across fragments", frame(0x01, [0xC3]) + frame(0x80, [0xA9]), .message("é", isText: true)),
        Row("pong", frame(0x8A, []), .pong),
        Row("close", frame(0x88, [0x03, 0xF4] + "bye".utf8), .close(1012, "bye")),
        Row("close without a code", frame(0x88, []), .close(nil, "")),
        Row("nothing after close", frame(0x88, [0x03, 0xE8]) + frame(0x81, "a".utf8), .close(1000, "")),
        // Violations, with the code that section 7.4.1 has for them.
        Row("reserved bit", frame(0xC1, "a".utf8), .violation(1002)),
        Row("reserved opcode", frame(0x83, []), .violation(1002)),
        Row("reserved control opcode", frame(0x8B, []), .violation(1002)),
        Row("masked", [0x81, 0x81, 1, 2, 3, 4, 5], .violation(1002)),
        Row("long ping", frame(0x89, [UInt8](repeating: 0, count: 126)), .violation(1002)),
        Row("fragmented ping", frame(0x09, []), .violation(1002)),
        Row("continuation of nothing", frame(0x80, "a".utf8), .violation(1002)),
        Row("message within a message", frame(0x01, "a".utf8) + frame(0x81, "b".utf8), .violation(1002)),
        Row("text that is not UTF-8", frame(0x81, [0xC0, 0x80]), .violation(1007)),
        Row("text that ends within a character", frame(0x81, [0xE2, 0x82]), .violation(1007)),
        Row("a surrogate", frame(0x81, [0xED, 0xA0, 0x80]), .violation(1007)),
        Row("close code of one byte", frame(0x88, [3]), .violation(1002)),
        Row("close code that must not be sent", frame(0x88, [0x03, 0xED]), .violation(1002)),
        Row("close reason that is not UTF-8", frame(0x88, [0x03, 0xE8, 0xFF]), .violation(1007)),
        Row("too long by its header", [0x81, 126, 0x03, 0xE9], .violation(1009)),
        Row("too long by far", [0x82, 127] + [UInt8](repeating: 0xFF, count: 8), .violation(1009)),
        Row(
            "too long in fragments",
            frame(0x01, [UInt8](repeating: 65, count: 600)) + frame(0x80, [UInt8](repeating: 65, count: 401)),
            .violation(1009)),
    ]

    @Test("A stream of frames is read, in one piece, byte by byte and in random pieces", arguments: rows)
    func reads(_ row: Row) {
        #expect(Self.read([row.bytes]) == row.expected)
        #expect(Self.read(row.bytes.map { [$0] }) == row.expected)
        for seed in 1...20 as ClosedRange<UInt64> {
            var generator = SplitMix64(seed: seed)
            #expect(Self.read(row.bytes.cut(using: &generator)) == row.expected, "seed \(seed)")
        }
    }

    @Test("A frame of 64 KiB and more has a length of eight bytes")
    func readsLongFrames() {
        let text = String(repeating: "x", count: 70_000)
        #expect(Self.read([Self.frame(0x81, text.utf8)], limit: 70_000) == [.message(text, isText: true)])
    }

    @Test("UTF-8 is what the standard library takes for UTF-8", arguments: 1...500 as ClosedRange<UInt64>)
    func validatesUTF8(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let pool: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5,
            0xFF,
        ]
        let valid = ["a", "é", "€", "😀", "aaaaaaaaaaaa"]
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            if Int.random(in: 0..<4, using: &generator) == 0 {
                bytes.append(pool.randomElement(using: &generator)!)
            } else {
                bytes += valid.randomElement(using: &generator)!.utf8
            }
        }
        for pieces in [[bytes], bytes.map { [$0] }, bytes.cut(using: &generator)] {
            var validator = UTF8Validator()
            let isSound =
                pieces.allSatisfy { piece in piece.withUnsafeBytes { validator.take($0) } } && validator.isComplete
            #expect(isSound == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }

    // MARK: Compressed (RFC 7692)

    /// "Hello", by section 7.2.3.1.
    private static let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]

    @Test(
        "Where compression was agreed on, a message may say in its first frame that it is compressed",
        arguments: [
            Row("whole", frame(0xC1, hello), .message("Hello", isText: true)),
            Row("bytes", frame(0xC2, hello), .message("Hello", isText: false)),
            Row("in two frames", frame(0x41, hello[..<3]) + frame(0x80, hello[3...]), .message("Hello", isText: true)),
            Row(
                "with a ping between its frames", frame(0x41, hello[..<3]) + frame(0x89, []) + frame(0x80, hello[3...]),
                .ping(""), .message("Hello", isText: true)),
            Row(
                "beside one that is not", frame(0xC1, hello) + frame(0x81, "plain".utf8) + frame(0xC1, hello),
                .message("Hello", isText: true), .message("plain", isText: true), .message("Hello", isText: true)),
            Row("in a later frame", frame(0x41, hello[..<3]) + frame(0xC0, hello[3...]), .violation(1002)),
            Row("a ping", frame(0xC9, []), .violation(1002)),
            Row("another reserved bit", frame(0xA1, hello), .violation(1002)),
            Row("damaged", frame(0xC1, hello.dropLast(3)), .violation(1007)),
            // "\u{C3}" alone, stored.
            Row("no UTF-8", frame(0xC1, [0x00, 0x01, 0x00, 0xFE, 0xFF, 0xC3, 0x00]), .violation(1007)),
        ])
    func readsCompressed(_ row: Row) {
        #expect(Self.read([row.bytes], inflater: MessageInflater()) == row.expected)
        #expect(Self.read(row.bytes.map { [$0] }, inflater: MessageInflater()) == row.expected)
    }

    @Test("Where compression was not agreed on, a message that says it is compressed breaks the protocol")
    func refusesUnagreed() {
        #expect(Self.read([Self.frame(0xC1, Self.hello)]) == [.violation(1002)])
    }

    @Test("A message that expands to more than its limit is refused")
    func refusesBombs() throws {
        var bomb = [UInt8](repeating: 0x61, count: 1_000_000)
        try #require(MessageDeflater().compress(&bomb, from: 0))
        let frame = Self.frame(0xC1, bomb)
        #expect(Self.read([frame], limit: 999_999, inflater: MessageInflater()) == [.violation(1009)])
        #expect(Self.read([frame], limit: 1_000_000, inflater: MessageInflater()).count == 1)
    }
}
