import AuthStudy
import LWS
import SeededRandomness
import Testing

/// What a server under study answers comes from outside: whatever it is, the carriers make events of it, and never trap.
@Suite struct CarrierDamageTests {
    @Test(
        "A length or a chunk's size that is no number of digits never completes an answer",
        arguments: [
            "content-length: -1\r\n\r\nabc", "content-length: +3\r\n\r\nabc",
            "content-length: 99999999999999999999\r\n\r\nabc",
            "content-length: \r\n\r\nabc", "transfer-encoding: chunked\r\n\r\n-5\r\nabcde\r\n0\r\n\r\n",
            "transfer-encoding: chunked\r\n\r\nzz\r\nabcde\r\n0\r\n\r\n",
            "transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\nabcde\r\n0\r\n\r\n",
        ])
    func badLength(rest: String) {
        var carrier = HTTP1Carrier()
        let events = carrier.receive(Array("HTTP/1.1 200 OK\r\n\(rest)".utf8))
        #expect(events.count == 1 && events.first.map(Self.isHeader) == true, "\(events)")
    }

    @Test("A counted and a chunked answer are whole in one piece and byte by byte")
    func whole() {
        for rest in [
            "content-length: 5\r\n\r\nhello", "transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3 ;x=y\r\nllo\r\n0\r\n\r\n",
        ] {
            let bytes = Array("HTTP/1.1 200 OK\r\n\(rest)".utf8)
            for pieces in [[bytes], bytes.map { [$0] }] {
                var carrier = HTTP1Carrier()
                let events = pieces.flatMap { carrier.receive($0) }
                let content = events.flatMap { event -> [UInt8] in
                    if case .content(let bytes) = event { bytes } else { [] }
                }
                #expect(content == Array("hello".utf8) && events.last == .complete, "\(rest): \(events)")
            }
        }
    }

    @Test("A WebSocket frame whose length has the highest bit set is no frame")
    func frameLength() {
        #expect(SocketFrame.frames(in: [0x81, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 2]).isEmpty)
    }

    /// Answers and frames that are right, for the damage to begin with.
    private static let samples: [[UInt8]] = [
        Array("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx: y\r\n\r\nhello".utf8),
        Array("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n".utf8),
        Array("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n".utf8) + [0x81, 2, 0x68, 0x69],
        [0, 0, 0, 4, 0, 0, 0, 0, 0] + frame(1, 4, HeaderBlock.literal(":status", "200") + [0x88])
            + frame(0, 1, [1, 2, 3])
            + frame(3, 0, [0, 0, 0, 8]) + frame(7, 0, [0, 0, 0, 0, 0, 0, 0, 1]),
        [0x81, 126, 0, 3, 1, 2, 3, 0x88, 0, 0x82, 127, 0, 0, 0, 0, 0, 0, 0, 1, 9],
    ]

    private static func frame(_ type: UInt8, _ flags: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0, 0, UInt8(payload.count), type, flags, 0, 0, 0, 1] + payload
    }

    @Test("Damaged answers and frames become events in any pieces", arguments: 0..<20)
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            var bytes = Self.samples[random.next(below: Self.samples.count)]
            for _ in 0...random.next(below: 6) {
                let place = random.next(below: bytes.count)
                switch random.next(below: 4) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.insert(contentsOf: bytes[place...].prefix(random.next(below: 9)), at: place)
                case 2: bytes.remove(at: place)
                default: bytes[place] = [0, 0x2D, 0x30, 0x39, 0x66, 0x7F, 0x80, 0xFF][random.next(below: 8)]
                }
                if bytes.isEmpty { bytes = [0] }
            }
            var (first, second) = (HTTP1Carrier(), HTTP2Carrier())
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = Array(rest.prefix(1 + random.next(below: 16)))
                rest = rest.dropFirst(piece.count)
                for event in first.receive(piece) + second.receive(piece) {
                    // No more comes out than went in.
                    if case .content(let content) = event { #expect(content.count <= bytes.count) }
                }
            }
            _ = try? FieldSectionDecoder().decode(bytes[...], isLast: true) { _, _ in }
            #expect(SocketFrame.frames(in: bytes).allSatisfy { $0.payload.count <= bytes.count })
        }
    }

    private static func isHeader(_ event: RawEvent) -> Bool {
        if case .header = event { true } else { false }
    }
}
