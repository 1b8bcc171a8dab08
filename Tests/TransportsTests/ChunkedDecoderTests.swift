import LWS
import SeededRandomness
import Testing

/// The chunked transfer coding of requests and answers, against RFC 9112, section 7.1.
@Suite struct ChunkedDecoderTests {
    struct Decoded: Equatable {
        var content: [UInt8] = []
        var outcome = ChunkedDecoder.Outcome.more
        /// Of all pieces.
        var taken = 0
    }

    static func decode(_ pieces: [[UInt8]], isStrict: Bool = false) -> Decoded {
        var decoder = ChunkedDecoder(isStrict: isStrict)
        var decoded = Decoded()
        for piece in pieces where decoded.outcome == .more {
            let outcome = piece.withUnsafeBytes { bytes in
                decoder.decode(bytes) { part in
                    decoded.content += part
                    return true
                }
            }
            decoded.outcome = outcome
            decoded.taken += decoder.taken
        }
        return decoded
    }

    /// A body of random chunks with what may stand around them, and its content.
    private static func body(_ generator: inout SplitMix64) -> (coded: [UInt8], content: [UInt8]) {
        var coded: [UInt8] = []
        var content: [UInt8] = []
        let zeros = ["", "0", "000"]
        for _ in 0..<Int.random(in: 0...12, using: &generator) {
            let count = Int.random(in: 1...40, using: &generator)
            // Line ends and digits, as framing has them.
            let chunk = (0..<count).map { _ in Array("\r\n0a;".utf8).randomElement(using: &generator)! }
            let size = String(count, radix: 16, uppercase: Bool.random(using: &generator))
            let parameter = [
                "", ";a", ";a=\"b\"", " ;c", "\t ;d", ";a=b", " ; a = b ; c=\"\" \t;d", ";a=\"\\\";\u{E9}\\\\\";b",
            ].randomElement(using: &generator)!
            coded += Array("\(zeros.randomElement(using: &generator)!)\(size)\(parameter)\r\n".utf8)
            coded += chunk
            coded += [0x0D, 0x0A]
            content += chunk
        }
        let trailer = ["", "T: x\r\n", "A: b\r\nC: \r\n"].randomElement(using: &generator)!
        coded += Array("\(zeros.randomElement(using: &generator)!)0\r\n\(trailer)\r\n".utf8)
        return (coded, content)
    }

    @Test("A body is read whatever the cut, up to its end", arguments: 1...200 as ClosedRange<UInt64>)
    func reads(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let (coded, content) = Self.body(&generator)
        let bytes = coded + Array("0\r\n\r\n".utf8)
        let expected = Decoded(content: content, outcome: .complete, taken: coded.count)
        #expect(Self.decode([bytes]) == expected)
        #expect(Self.decode([bytes], isStrict: true) == expected)
        #expect(Self.decode(bytes.map { [$0] }) == expected)
        for longest in [3, 9, 60] {
            #expect(Self.decode(bytes.cut(upTo: longest, using: &generator)) == expected, "up to \(longest)")
        }
        // Without its last byte it goes on.
        let cut = Decoded(content: content, outcome: .more, taken: coded.count - 1)
        #expect(Self.decode(coded.dropLast().map { [$0] }) == cut)
    }

    @Test("What is changed in a body is judged alike whatever the cut", arguments: 1...200 as ClosedRange<UInt64>)
    func judges(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var bytes = Self.body(&generator).coded
        for _ in 0..<20 {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let before = bytes[place]
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
            for isStrict in [false, true] {
                let whole = Self.decode([bytes], isStrict: isStrict)
                #expect(Self.decode(bytes.map { [$0] }, isStrict: isStrict) == whole)
                #expect(Self.decode(bytes.cut(using: &generator), isStrict: isStrict) == whole)
            }
            bytes[place] = before
        }
    }

    @Test(
        "A fault is found at its byte, which is the last here",
        arguments: [
            "x", "-", "\r", "1\n", "1x", "1;a\n", "1\rx", "1\r\nxy", "1\r\nx\r\r", "0\r\n\n", "0\r\n\rx", "0\r\nT: x\n",
            "0\r\nT: x\rx", "4000000000000000",
        ])
    func refuses(_ text: String) {
        let bytes = Array(text.utf8)
        for pieces in [[bytes], bytes.map { [$0] }] {
            let found = Self.decode(pieces)
            #expect(found.outcome == .malformed && found.taken == bytes.count - 1)
        }
    }

    @Test(
        "An extension or a trailer that is not well formed is a server's fault to find, at its byte, and a client reads on",
        arguments: [
            "1;\u{0}", "1;\u{7F}", "1 \r", "1;\r", "1;;", "1;=", "1; \r", "1;a=\r", "1;a=;", "1;a b", "1;a =\r",
            "1;a=b c",
            "1;a=\"b\r", "1;a=\"\\\r", "1;a=\"b\"c", "1;a=\"b\"\"", "1;a=b=", "1;a \r", "1;a=b \r", "0\t\r", "1 \t2",
            "0\r\n ", "0\r\nT ", "0\r\n:", "0\r\nT\r", "0\r\nT: \u{1}",
            "0\r\nT: x\r\n\t",
        ])
    func judgesTrailers(_ text: String) {
        let bytes = Array(text.utf8)
        for pieces in [[bytes], bytes.map { [$0] }] {
            let found = Self.decode(pieces, isStrict: true)
            #expect(found.outcome == .malformed && found.taken == bytes.count - 1)
            #expect(Self.decode(pieces).outcome == .more)
        }
    }

    /// The costliest bodies of a server that reads 16 KiB at a time: the second has as much around each byte as it allows.
    @Test("Of a body in chunks of one byte each byte is taken once, and none is copied", arguments: [0, 10])
    func takesOnce(_ parameterCount: Int) {
        let parameter = parameterCount == 0 ? "" : ";" + String(repeating: "e", count: parameterCount)
        let chunk = Array("1\(parameter)\r\nx\r\n".utf8)
        let count = 1024 * 1024
        var bytes: [UInt8] = []
        bytes.reserveCapacity(chunk.count * count + 5)
        for _ in 0..<count { bytes += chunk }
        bytes += Array("0\r\n\r\n".utf8)
        var decoder = ChunkedDecoder()
        var (taken, pieces, content, outside) = (0, 0, 0, 0)
        var outcome = ChunkedDecoder.Outcome.more
        bytes.withUnsafeBytes { bytes in
            while outcome == .more, taken < bytes.count {
                let read = UnsafeRawBufferPointer(rebasing: bytes[taken..<min(taken + 16 * 1024, bytes.count)])
                let place = UInt(bitPattern: read.baseAddress)
                outcome = decoder.decode(read) { part in
                    pieces += 1
                    content += part.count
                    let start = UInt(bitPattern: part.baseAddress)
                    if start < place || start + UInt(part.count) > place + UInt(read.count) { outside += 1 }
                    return true
                }
                // Unless the body ends, nothing is left to be handed in again.
                if outcome == .more, decoder.taken != read.count { break }
                taken += decoder.taken
            }
        }
        #expect(outcome == .complete && taken == bytes.count)
        #expect(pieces == count && content == count && outside == 0)
    }
}
