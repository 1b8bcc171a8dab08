import LWS
import Testing

/// What a client makes of a server's answers over HTTP/2 (RFC 9113).
@Suite(.timeLimit(.minutes(2))) struct ClientHTTP2Tests {
    /// An answer on the first stream, by its frames, and what its owner hears.
    private static let answers: [(frames: [[UInt8]], outcome: String)] = [
        ([head(ok), data("ab"), data("c", ends: true)], "200 abc complete"),
        ([head(ok, ends: true)], "200  complete"),
        ([head(status("103")), head(ok), data("ab", ends: true)], "200 ab complete"),
        ([head(ok), data("ab"), head(field("x", "y"), ends: true)], "200 ab complete"),
        ([head(status("301") + field("location", "/x"), ends: true)], "301  complete"),
        (
            [head(ok), data("ab"), frame(3, payload: [0, 0, 0, 2])],
            "200 ab the server reset the stream: INTERNAL_ERROR"
        ),
        // Without an error it is an end all the same, in the middle of the answer.
        ([head(ok), data("ab"), frame(3, payload: [0, 0, 0, 0])], "200 ab the server reset the stream: NO_ERROR"),
        ([head(ok), data("ab", ends: true), frame(3, payload: [0, 0, 0, 0])], "200 ab complete"),
        ([frame(3, payload: [0, 0, 0, 7])], "the server reset the stream: REFUSED_STREAM"),
        (
            [head(ok), data("ab"), frame(7, stream: 0, payload: [0, 0, 0, 0, 0, 0, 0, 11] + Array("calm".utf8))],
            "200 ab the server ended the connection: ENHANCE_YOUR_CALM (calm)"
        ),
        (
            [head(ok + field("content-length", "5")), data("ab", ends: true)],
            "200 ab the server reset the stream: PROTOCOL_ERROR"
        ),
        // Two parts of 40,000 bytes.
        (
            [
                frame(1, payload: ok + big("a").prefix(16_000)),
                frame(9, payload: Array(big("a").dropFirst(16_000).prefix(16_000))),
                frame(9, payload: Array(big("a").dropFirst(32_000)) + big("b").prefix(8_000)),
                frame(9, payload: Array(big("b").dropFirst(8_000).prefix(16_000))),
                frame(9, flags: 4, payload: Array(big("b").dropFirst(24_000))),
            ], "its header has more than 65536 bytes, which is the limit"
        ),
        ([head(ok, stream: 2)], "the server's HTTP/2 is broken: Protocol error"),
    ]

    @Test("An answer is heard as it is, in one piece and frame by frame", arguments: answers.indices, [false, true])
    func hears(_ index: Int, isWhole: Bool) async throws {
        let (frames, expected) = Self.answers[index]
        // What a server begins with: SETTINGS without an entry.
        let all = [Self.frame(4, stream: 0, payload: [])] + frames
        let outcome = try await Self.outcome(of: isWhole ? [Array(all.joined())] : all, closes: false)
        #expect(outcome == expected)
    }

    @Test("A connection that ends amid an answer, or speaks something else, is told")
    func tells() async throws {
        let settings = Self.frame(4, stream: 0, payload: [])
        let cut = try await Self.outcome(of: [settings + Self.head(Self.ok) + Self.data("ab")], closes: true)
        #expect(cut == "200 ab incomplete")
        let silent = try await Self.outcome(of: [settings], closes: true)
        #expect(silent == "the connection ended before an answer")
        let old = try await Self.outcome(of: [Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)], closes: true)
        #expect(old.hasPrefix("the server's HTTP/2 is broken"), "\(old)")
    }

    @Test(
        "What is held of an answer for a reader that waits outlives its connection",
        arguments: [[], [frame(7, stream: 0, payload: [0, 0, 0, 1, 0, 0, 0, 0])]])
    func holds(before: [[UInt8]]) async throws {
        let settings = Self.frame(4, stream: 0, payload: [])
        let answer = [Self.head(Self.ok), Self.data("ab"), Self.data("c", ends: true)]
        let whole = Array(([settings] + before + answer).joined())
        let outcome = try await Self.outcome(of: [whole], closes: true, pauses: true)
        #expect(outcome == "200 abc complete")
        // Of one that is not whole its end alone is told.
        let part = try await Self.outcome(
            of: [settings + Self.head(Self.ok) + Self.data("ab")], closes: true, pauses: true)
        #expect(part == "200  incomplete")
    }

    private static func outcome(of pieces: [[UInt8]], closes: Bool, pauses: Bool = false) async throws -> String {
        let server = ScriptedServer(pieces, closes: closes)
        let listener = AnswerListener(pauses: pauses)
        let loop = try EventLoop(name: "answers") { context in listener.client = try context.connectsToServers() }
        var request = ClientRequest(host: "127.0.0.1", port: server.port, path: "/")
        request.version = .h2
        let outcome: String = await withCheckedContinuation { continuation in
            loop.submit { [request] _ in listener.send(request, continuation) }
        }
        await withCheckedContinuation { continuation in
            loop.submit { _ in
                listener.client = nil
                continuation.resume()
            }
        }
        await loop.end()
        return outcome
    }

    // MARK: Frames

    private static let ok: [UInt8] = [0x88]

    private static func status(_ text: String) -> [UInt8] { [0x08, UInt8(text.utf8.count)] + Array(text.utf8) }

    private static func field(_ name: String, _ value: String) -> [UInt8] {
        [0, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.utf8.count)] + Array(value.utf8)
    }

    /// A field of 40,000 bytes (RFC 7541, section 5.1: 127 and 39,873 in digits of seven bits).
    private static func big(_ name: String) -> [UInt8] {
        [0, 1] + Array(name.utf8) + [0x7F, 0xC1, 0xB7, 0x02] + [UInt8](repeating: 0x61, count: 40_000)
    }

    private static func head(_ fields: [UInt8], stream: UInt8 = 1, ends: Bool = false) -> [UInt8] {
        frame(1, flags: ends ? 5 : 4, stream: stream, payload: fields)
    }

    private static func data(_ text: String, ends: Bool = false) -> [UInt8] {
        frame(0, flags: ends ? 1 : 0, payload: Array(text.utf8))
    }

    private static func frame(_ kind: UInt8, flags: UInt8 = 0, stream: UInt8 = 1, payload: [UInt8]) -> [UInt8] {
        [0, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF), kind, flags, 0, 0, 0, stream] + payload
    }
}

/// Hears one answer. Used on the loop's thread only.
private final class AnswerListener: ClientExchangeHandler, @unchecked Sendable {
    var client: ClientLoop?
    private var status = ""
    private var body: [UInt8] = []
    private var continuation: CheckedContinuation<String, Never>?
    /// Whether it reads nothing for a moment once the answer has begun.
    private let pauses: Bool

    init(pauses: Bool) { self.pauses = pauses }

    func send(_ request: ClientRequest, _ continuation: CheckedContinuation<String, Never>) {
        self.continuation = continuation
        client?.send(request, handler: self)
    }

    func exchange(_ exchange: ClientExchange, began response: ClientResponse) {
        status = "\(response.status) "
        guard pauses else { return }
        exchange.setReading(false)
        client?.timers.schedule(after: .milliseconds(300)) { exchange.setReading(true) }
    }

    func exchange(_ exchange: ClientExchange, received bytes: UnsafeRawBufferPointer) { body += bytes }
    func exchange(_ exchange: ClientExchange, ended isComplete: Bool) { tell(isComplete ? "complete" : "incomplete") }
    func exchange(_ exchange: ClientExchange, failed cause: String) { tell(cause) }

    private func tell(_ end: String) {
        let told = status.isEmpty ? end : status + String(decoding: body, as: UTF8.self) + " " + end
        continuation?.resume(returning: told)
        continuation = nil
    }
}
