import LWS
import SeededRandomness
import Testing

/// HTTP/1.1 responses on a connection that is kept, against RFC 9112.
@Suite struct ClientResponseReaderTests {
    struct Response: Equatable {
        var status: Int
        var closes: Bool
        var body = ""
        var isComplete = false
    }

    enum Outcome: Equatable {
        case responses([Response])
        case malformed
    }

    static func read(_ pieces: [[UInt8]], answersHead: Bool = false) -> Outcome {
        var reader = ClientResponseReader()
        reader.answersHead = answersHead
        var found: [Response] = []
        for piece in pieces {
            do {
                try piece.withUnsafeBytes { bytes in
                    try reader.read(bytes) { item in
                        take(item, &found)
                        return true
                    }
                }
            } catch {
                return .malformed
            }
        }
        return .responses(found)
    }

    private static func take(_ item: ClientResponseReader.Item, _ found: inout [Response]) {
        switch item {
        case .head(let head): found.append(Response(status: head.status, closes: head.closes))
        case .body(let bytes): found[found.count - 1].body += String(decoding: bytes, as: UTF8.self)
        case .end: found[found.count - 1].isComplete = true
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var expected: Outcome

        init(_ description: String, _ text: String, _ expected: Outcome) {
            testDescription = description
            self.text = text
            self.expected = expected
        }
    }

    private static func one(_ status: Int, _ body: String = "", closes: Bool = false, isComplete: Bool = true)
        -> Outcome
    {
        .responses([Response(status: status, closes: closes, body: body, isComplete: isComplete)])
    }

    static let rows = [
        Row("length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", one(200, "hello")),
        Row("length of nothing", "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", one(200)),
        Row("no reason phrase", "HTTP/1.1 204 \r\n\r\n", one(204)),
        Row(
            "a 304 has no body, whatever its length says", "HTTP/1.1 304 Not Modified\r\ncontent-length: 99\r\n\r\n",
            one(304)),
        Row(
            "chunked, with an extension and a trailer",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0A \r\n0123456789\r\n0\r\nx: y\r\n\r\n",
            one(200, "abc0123456789")),
        Row("until the end", "HTTP/1.1 200 OK\r\n\r\nabc", one(200, "abc", closes: true, isComplete: false)),
        Row(
            "an interim response", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx",
            one(200, "x")),
        Row("close", "HTTP/1.1 404 No\r\nConnection: Close\r\ncontent-length: 1\r\n\r\nx", one(404, "x", closes: true)),
        Row("HTTP/1.0 closes", "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx", one(200, "x", closes: true)),
        Row("HTTP/1.0 that keeps", "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n", one(200)),
        Row(
            "one after the other",
            "HTTP/1.1 304 N\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nHTTP/1.1 204 N\r\n\r\n",
            .responses([
                Response(status: 304, closes: false, isComplete: true),
                Response(status: 200, closes: false, body: "a", isComplete: true),
                Response(status: 204, closes: false, isComplete: true),
            ])),
        Row("not HTTP", "SSH-2.0-OpenSSH\r\n\r\n", .malformed),
        Row("a status of letters", "HTTP/1.1 abc OK\r\n\r\n", .malformed),
        Row("a fold", "HTTP/1.1 200 OK\r\na: b\r\n c\r\ncontent-length: 0\r\n\r\n", one(200)),
        Row("a fold of nothing", "HTTP/1.1 200 OK\r\n c\r\n\r\n", .malformed),
        Row("line feeds alone", "HTTP/1.1 200 OK\ncontent-length: 1\n\nx", one(200, "x")),
        Row(
            "a mixture", "HTTP/1.1 200 OK\ncontent-length: 1\r\n\nxHTTP/1.1 204 N\n\r\n",
            .responses([
                Response(status: 200, closes: false, body: "x", isComplete: true),
                Response(status: 204, closes: false, isComplete: true),
            ])),
        Row(
            "a name that begins others", "HTTP/1.1 200 OK\r\nA: b\r\nContent: c\r\nContent-Length: 1\r\n\r\nx",
            one(200, "x")),
        Row("one length twice", "HTTP/1.1 200 OK\r\ncontent-length: 1, 1\r\ncontent-length: 1\r\n\r\nx", one(200, "x")),
        Row("two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", .malformed),
        Row("a length with a sign", "HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\n", .malformed),
        Row("a length that does not fit", "HTTP/1.1 200 OK\r\ncontent-length: 9223372036854775808\r\n\r\n", .malformed),
        Row(
            "a coding beside a length",
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            one(200, "a")),
        Row(
            "what follows a 101", "HTTP/1.1 101 S\r\ncontent-length: 0\r\n\r\nabc",
            one(101, "abc", closes: true, isComplete: false)),
        Row("a negative chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-5\r\n", .malformed),
        Row("a chunk of letters", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", .malformed),
        Row("a field without a name", "HTTP/1.1 200 OK\r\n: b\r\n\r\n", .malformed),
        Row("a length of letters", "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", .malformed),
        Row("a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", .malformed),
        Row("an unknown coding", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n", .malformed),
        Row("a chunk without a size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n", .malformed),
        Row(
            "a chunk that does not end", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n", .malformed),
        Row(
            "a chunk of more than there is",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            .malformed),
    ]

    @Test("Responses are read, in one piece, byte by byte and in random pieces", arguments: rows)
    func reads(_ row: Row) {
        let bytes = Array(row.text.utf8)
        #expect(Self.read([bytes]) == row.expected)
        #expect(Self.read(bytes.map { [$0] }) == row.expected)
        for seed in 1...20 as ClosedRange<UInt64> {
            var generator = SplitMix64(seed: seed)
            #expect(Self.read(bytes.cut(using: &generator)) == row.expected, "seed \(seed)")
        }
    }

    @Test("The answer to a HEAD has no body")
    func answersHead() {
        let bytes = Array("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n".utf8)
        #expect(Self.read([bytes], answersHead: true) == Self.one(200))
    }

    @Test("A header is bounded")
    func boundsHeader() {
        let line = Array("x: \(String(repeating: "y", count: 1000))\r\n".utf8)
        let start = Array("HTTP/1.1 200 OK\r\n".utf8)
        #expect(Self.read([start] + Array(repeating: line, count: 100)) == .malformed)
        let end = Array("\r\n".utf8)
        #expect(Self.read([start + (0..<100).flatMap { _ in line } + end]) == .malformed, "also in one piece")
        #expect(
            Self.read([start] + Array(repeating: line, count: 60) + [Array("content-length: 0\r\n\r\n".utf8)])
                == Self.one(200))
    }

    @Test("Fields are told with lower-case names and trimmed values, the first of a name by its name")
    func readsFields() throws {
        var reader = ClientResponseReader()
        var head: ClientResponseReader.Head?
        try Array("HTTP/1.1 200 OK\r\nETag: \t\"a\" \r\nx:1\r\nX: 2\r\n\r\n".utf8).withUnsafeBytes { bytes in
            try reader.read(bytes) { item in
                if case .head(let found) = item { head = found }
                return true
            }
        }
        #expect(head?["etag"] == "\"a\"")
        #expect(head?["x"] == "1")
        #expect(head?.fields.map(\.name) == ["etag", "x", "x"])
    }
}
