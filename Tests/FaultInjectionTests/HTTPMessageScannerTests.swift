import FaultInjection
import NIOCore
import SeededRandomness
import Testing

/// Where heads and bodies are, under every chunking.
@Suite struct HTTPMessageScannerTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var name: String
        var kind: HTTPMessageScanner.Kind
        /// The parts in order: h head, b body, o other; `|` ends a message.
        var parts: [(String, Character, Bool)]
        var testDescription: String { name }

        init(_ name: String, _ kind: HTTPMessageScanner.Kind, _ parts: (String, Character, Bool)...) {
            self.name = name
            self.kind = kind
            self.parts = parts
        }
    }

    static let examples = [
        Example(
            "a response of a known length, and the next", .response,
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "h", false), ("hello", "b", true),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "h", true),
            ("HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", "h", true)),
        Example(
            "chunks with an extension and a trailer", .response,
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked \r\n\r\n", "h", false),
            ("a;x=1\r\n0123456789\r\n1\r\nx\r\n0\r\nTrailer: y\r\n\r\n", "b", true),
            ("HTTP/1.1 204 No Content\r\n\r\n", "h", true)),
        Example(
            "a stream until the end", .response,
            ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", "h", false),
            ("data: HTTP/1.1 200 OK\r\n\r\n", "b", false)),
        Example(
            "an interim response before the final one", .response,
            ("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", "h", false),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", "h", false), ("x", "b", true)),
        Example(
            "an upgrade", .response, ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "h", false),
            ("HTTP/1.1 in a frame", "o", false)),
        Example("TLS", .response, ("\u{16}\u{3}\u{3}H", "o", false)),
        Example("not HTTP/1.1", .response, ("HELLO\r\n\r\n", "h", false), ("and more", "o", false)),
        Example(
            "requests on a kept connection", .request, ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "h", true),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n", "h", false), ("GET", "b", true),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "h", false), ("2\r\nab\r\n0\r\n\r\n", "b", true)),
        Example(
            "HTTP/2 by prior knowledge", .request, ("PRI * HTTP/2.0\r\n\r\n", "h", false), ("SM\r\n\r\n", "o", false)),
        Example("a TLS hello", .request, ("\u{16}\u{3}\u{1}GET", "o", false)),
        Example(
            "a chunk without a size", .response, ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "h", false),
            ("zz\r\n", "b", false), ("rest", "o", false)),
    ]

    @Test("Parts are found whatever pieces the bytes come in", arguments: examples)
    func findsParts(example: Example) {
        let bytes = Array(example.parts.map(\.0).joined().utf8)
        var random = SeededGenerator(seed: 7)
        for round in 0..<60 {
            var scanner = HTTPMessageScanner(example.kind)
            var found: [(Character, Int)] = []
            var ends: [Int] = []
            var start = 0
            while start < bytes.count {
                let size = round == 0 ? bytes.count : round == 1 ? 1 : 1 + random.next(below: 12)
                let chunk = ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)])
                var view = chunk.readableBytesView
                var count = 0
                while let span = scanner.next(&view) {
                    count += span.count
                    let part: Character = span.part == .head ? "h" : span.part == .body ? "b" : "o"
                    found.append((part, span.count))
                    if span.endsMessage { ends.append(start + count) }
                    #expect(!span.endsMessage || scanner.isBetweenMessages)
                }
                #expect(count == chunk.readableBytes)
                start += size
            }
            #expect(Self.joined(found) == Self.joined(example.parts.map { ($0.1, $0.0.utf8.count) }))
            var place = 0
            let expected = example.parts.compactMap { part in
                place += part.0.utf8.count
                return part.2 ? place : nil
            }
            #expect(ends == expected)
        }
    }

    @Test("The status is that of the final response")
    func tellsTheStatus() {
        var scanner = HTTPMessageScanner(.response)
        for (text, status) in [
            ("HTTP/1.1 100 Continue\r\n\r\n", nil), ("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", 503),
        ] {
            var view = ByteBuffer(string: text).readableBytesView
            while scanner.next(&view) != nil {}
            #expect(scanner.status == status)
        }
    }

    @Test("A head without an end is given up at the limit")
    func boundsHeads() {
        var scanner = HTTPMessageScanner(.request)
        var view = ByteBuffer(repeating: UInt8(ascii: "A"), count: HTTPMessageScanner.headLimit + 1).readableBytesView
        while scanner.next(&view) != nil {}
        #expect(scanner.isOther)
    }

    private static func joined(_ parts: [(Character, Int)]) -> String {
        parts.map { String(repeating: $0.0, count: $0.1) }.joined()
    }
}
