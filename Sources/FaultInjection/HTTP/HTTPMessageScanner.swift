package import NIOCore

/// Finds heads and bodies in the bytes of one direction of an HTTP/1.1 connection (RFC 9112). It stores only the
/// bytes of a head.
///
/// Bytes that are not HTTP/1.1 (TLS, HTTP/2, what follows an upgrade) are `other`. Responses to HEAD are not
/// recognised.
package struct HTTPMessageScanner: Sendable {
    package enum Kind: Sendable { case request, response }
    package enum Part: Sendable { case head, body, other }

    /// Consecutive bytes of one part.
    package struct Span: Equatable, Sendable {
        package var part: Part
        package var count: Int
        /// Whether the head of a request or of a final response ends here.
        package var endsHead = false
        package var endsMessage = false
    }

    private enum State: Sendable {
        case head
        /// The remaining bytes.
        case sized(Int)
        case chunkSize
        /// The remaining bytes, including the line end that follows them.
        case chunk(Int)
        case trailer
        case untilEnd
        case other
    }

    package static let headLimit = 64 * 1024

    private let kind: Kind
    private var state = State.head
    /// The head or the line that is being read.
    private var text: [UInt8] = []
    /// The status of the newest response whose head is complete.
    package private(set) var status: Int?

    package init(_ kind: Kind) { self.kind = kind }

    package var isBetweenMessages: Bool {
        if case .head = state { text.isEmpty } else { false }
    }

    package var isOther: Bool {
        if case .other = state { true } else { false }
    }

    /// What follows is not HTTP, because the other side has agreed to an upgrade.
    package mutating func leaveHTTP() { state = .other }

    /// Takes the bytes of one part from the front.
    package mutating func next(_ bytes: inout ByteBufferView) -> Span? {
        guard let first = bytes.first else { return nil }
        switch state {
        case .head:
            if text.isEmpty, !canBegin(first) {
                state = .other
                return take(.other, bytes.count, &bytes)
            }
            return scanHead(&bytes)
        case .sized(let left):
            let count = min(left, bytes.count)
            state = count == left ? .head : .sized(left - count)
            var span = take(.body, count, &bytes)
            span.endsMessage = count == left
            return span
        case .chunk(let left):
            let count = min(left, bytes.count)
            state = count == left ? .chunkSize : .chunk(left - count)
            return take(.body, count, &bytes)
        case .chunkSize: return scanChunkSize(&bytes)
        case .trailer: return scanTrailer(&bytes)
        case .untilEnd: return take(.body, bytes.count, &bytes)
        case .other: return take(.other, bytes.count, &bytes)
        }
    }

    /// Scans bytes whose parts do not matter.
    mutating func skip(_ buffer: ByteBuffer) {
        var bytes = buffer.readableBytesView
        while next(&bytes) != nil {}
    }

    private func canBegin(_ byte: UInt8) -> Bool {
        switch kind {
        case .request: (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        case .response: byte == UInt8(ascii: "H")
        }
    }

    private func take(_ part: Part, _ count: Int, _ bytes: inout ByteBufferView) -> Span {
        bytes.removeFirst(count)
        return Span(part: part, count: count)
    }

    private mutating func scanHead(_ bytes: inout ByteBufferView) -> Span {
        var count = 0
        for byte in bytes {
            count += 1
            text.append(byte)
            if byte == UInt8(ascii: "\n"), text.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                var span = take(.head, count, &bytes)
                enter(HTTPHead(text), &span)
                text = []
                return span
            }
            if text.count == Self.headLimit {
                state = .other
                text = []
                break
            }
        }
        return take(.head, count, &bytes)
    }

    /// Enters the state that follows a head (RFC 9112, section 6.3).
    private mutating func enter(_ head: HTTPHead, _ span: inout Span) {
        span.endsHead = true
        switch kind {
        case .request:
            if head.method == "PRI" { state = .other } else { enterBody(head, otherwise: .sized(0), &span) }
        case .response:
            guard let status = head.status else {
                state = .other
                return
            }
            switch status {
            case 101: state = .other
            case 100..<200:
                span.endsHead = false
                state = .head
                return
            case 204, 304:
                state = .head
                span.endsMessage = true
            default: enterBody(head, otherwise: .untilEnd, &span)
            }
            self.status = status
        }
    }

    private mutating func enterBody(_ head: HTTPHead, otherwise: State, _ span: inout Span) {
        state = head.isChunked ? .chunkSize : head.contentLength.map(State.sized) ?? otherwise
        if case .sized(0) = state {
            state = .head
            span.endsMessage = true
        }
    }

    private mutating func scanChunkSize(_ bytes: inout ByteBufferView) -> Span {
        let (count, line) = scanLine(bytes)
        if let line {
            let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: " ") }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0, size < 1 << 40 else {
                state = .other
                return take(.body, count, &bytes)
            }
            state = size == 0 ? .trailer : .chunk(size + 2)
        }
        return take(.body, count, &bytes)
    }

    private mutating func scanTrailer(_ bytes: inout ByteBufferView) -> Span {
        let (count, line) = scanLine(bytes)
        var span = take(.body, count, &bytes)
        if let line, line.elementsEqual("\r".utf8) || line.isEmpty {
            state = .head
            span.endsMessage = true
        }
        return span
    }

    /// How many bytes belong to the current line; and the line without its end, once it is complete.
    private mutating func scanLine(_ bytes: ByteBufferView) -> (count: Int, line: [UInt8]?) {
        let rest = bytes.prefix { $0 != UInt8(ascii: "\n") }
        text += rest
        guard rest.count < bytes.count else {
            if text.count > Self.headLimit {
                state = .other
                text = []
            }
            return (rest.count, nil)
        }
        defer { text = [] }
        return (rest.count + 1, text)
    }
}
