/// Reads the successive HTTP/1.1 responses of a connection (RFC 9112), in pieces of any size.
///
/// All responses over HTTP/1.1 are read here. libwebsockets 4.1's client takes 103 for the answer, a 304 without a
/// length for one with a body, the extension of a chunk for the end of the body, and a field `A` for the beginning of
/// the next field's name.
public struct ClientResponseReader {
    public struct Head: Equatable, Sendable {
        public var status: Int
        /// In the order of the wire, with lower-case names.
        public var fields: [Field]
        /// Whether the server ends the connection after this response.
        public var closes: Bool

        public struct Field: Equatable, Sendable {
            public var name: String
            public var value: String
        }

        /// The first value of a field, by its lower-case name.
        public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

        /// The members of a list (RFC 9110, section 5.6.1), from all fields of this name.
        func list(_ name: String) -> [String] {
            fields.filter { $0.name == name }.flatMap { Self.members(of: $0.value) }
        }

        static func members(of value: String) -> [String] {
            value.split(separator: ",").map { ClientResponseReader.trimmed($0) }.filter { !$0.isEmpty }
        }
    }

    public enum Item {
        case head(Head)
        /// A piece of the body, valid during the call only.
        case body(UnsafeRawBufferPointer)
        /// The response is complete.
        case end
    }

    /// The bytes are not a response, or its header is too long.
    public struct Malformed: Error, Equatable {
        public var text: String
    }

    private enum State {
        case head
        case length(Int)
        case chunked(ChunkedDecoder)
        case untilEnd
    }

    private static let headLimit = 64 * 1024

    private var state = State.head
    /// The beginning of an incomplete header.
    private var cut: [UInt8] = []
    /// Whether the request was a HEAD. Its response never has a body.
    public var answersHead = false

    public init() {}

    /// Whether nothing has come since the last response ended.
    var isBetweenResponses: Bool {
        if case .head = state { cut.isEmpty } else { false }
    }

    /// Whether the end of the connection completes the response.
    public var endsWithConnection: Bool {
        if case .untilEnd = state { true } else { false }
    }

    /// Passes on the parts of responses in `bytes`. `emit` returns whether to continue; once it has returned false,
    /// the reader must not be used again.
    public mutating func read(_ bytes: UnsafeRawBufferPointer, _ emit: (Item) -> Bool) throws(Malformed) {
        var rest = bytes
        while !rest.isEmpty {
            switch state {
            case .head:
                guard let head = try takeHead(from: &rest) else { return }
                // An interim response (RFC 9110, section 15.2) is followed by another one.
                if (100...199).contains(head.status), head.status != 101 { continue }
                state = try Self.body(of: head, answersHead)
                var told = head
                if case .untilEnd = state { told.closes = true }
                guard emit(.head(told)) else { return }
                if case .length(0) = state, !end(emit) { return }
            case .length(let remaining):
                let count = min(remaining, rest.count)
                state = .length(remaining - count)
                guard emit(.body(UnsafeRawBufferPointer(rebasing: rest[..<count]))) else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                if count == remaining, !end(emit) { return }
            case .chunked(var decoder):
                var goesOn = true
                let outcome = decoder.decode(rest) { piece in
                    goesOn = emit(.body(piece))
                    return goesOn
                }
                guard goesOn else { return }
                switch outcome {
                case .malformed: throw Malformed(text: "the body is not in the chunked coding that it announces")
                case .more:
                    state = .chunked(decoder)
                    return
                case .complete:
                    rest = UnsafeRawBufferPointer(rebasing: rest[decoder.taken...])
                    guard end(emit) else { return }
                }
            case .untilEnd:
                _ = emit(.body(rest))
                return
            }
        }
    }

    private mutating func end(_ emit: (Item) -> Bool) -> Bool {
        state = .head
        return emit(.end)
    }

    // MARK: The header

    private mutating func takeHead(from rest: inout UnsafeRawBufferPointer) throws(Malformed) -> Head? {
        let tooLong = Malformed(text: "its header has more than \(Self.headLimit) bytes, which is the limit")
        if cut.isEmpty, let end = Self.endOfHead(rest, from: 0) {
            guard end <= Self.headLimit else { throw tooLong }
            let head = try Self.parse(UnsafeRawBufferPointer(rebasing: rest[..<end]))
            rest = UnsafeRawBufferPointer(rebasing: rest[end...])
            return head
        }
        let before = cut.count
        cut.append(contentsOf: rest.prefix(Self.headLimit - before + 1))
        guard let end = cut.withUnsafeBytes({ Self.endOfHead($0, from: max(before - 2, 0)) }) else {
            guard cut.count <= Self.headLimit else { throw tooLong }
            rest = UnsafeRawBufferPointer(start: nil, count: 0)
            return nil
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[(end - before)...])
        let bytes = cut
        cut = []
        let parsed: Result<Head, Malformed> = bytes.withUnsafeBytes { bytes in
            Result { () throws(Malformed) in try Self.parse(UnsafeRawBufferPointer(rebasing: bytes[..<end])) }
        }
        return try parsed.get()
    }

    /// The offset after the empty line. A line may end without CR (RFC 9112, section 2.2).
    private static func endOfHead(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == 0x0A {
                if bytes[index + 1] == 0x0A { return index + 2 }
                if index + 2 < bytes.count, bytes[index + 1] == 0x0D, bytes[index + 2] == 0x0A { return index + 3 }
            }
            index += 1
        }
        return nil
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> Head {
        // Fields are bytes. Only ASCII has a meaning here.
        let lines = bytes.split(separator: 0x0A).map { line in
            String(decoding: line.last == 0x0D ? line.dropLast() : line[...], as: UTF8.self)
        }.filter { !$0.isEmpty }
        guard let status = lines.first?.utf8.split(separator: 0x20, maxSplits: 2), status.count >= 2,
            status[0].elementsEqual("HTTP/1.1".utf8) || status[0].elementsEqual("HTTP/1.0".utf8),
            status[1].count == 3, let code = Int(String(Substring(status[1]))), code >= 100
        else { throw Malformed(text: "'\(lines.first?.prefix(40) ?? "")' is no status line of HTTP/1.1") }
        var head = Head(status: code, fields: [], closes: status[0].last == UInt8(ascii: "0"))
        for line in lines.dropFirst() {
            if line.utf8.first == 0x20 || line.utf8.first == 0x09, !head.fields.isEmpty {
                // An obsolete fold counts as a space (RFC 9112, section 5.2).
                head.fields[head.fields.count - 1].value += " " + trimmed(line[...])
                continue
            }
            guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line.utf8.first != 0x20, line.utf8.first != 0x09
            else { throw Malformed(text: "'\(line.prefix(40))' is no header field") }
            head.fields.append(
                Head.Field(name: line[..<colon].lowercased(), value: trimmed(line[line.index(after: colon)...])))
        }
        let options = head.list("connection").map { $0.lowercased() }
        if options.contains("keep-alive") { head.closes = false }
        if options.contains("close") { head.closes = true }
        return head
    }

    /// The text without surrounding white space (RFC 9110, section 5.6.3).
    private static func trimmed(_ text: Substring) -> String {
        String(Substring(text.utf8.trimmed))
    }

    /// How the end of the body is found (RFC 9112, section 6.3).
    private static func body(of head: Head, _ answersHead: Bool) throws(Malformed) -> State {
        // What follows a 101 belongs to the other protocol.
        if head.status == 101 { return .untilEnd }
        if answersHead || head.status == 204 || head.status == 304 { return .length(0) }
        let codings = head.list("transfer-encoding").map { $0.lowercased() }
        guard codings.isEmpty else {
            guard codings == ["chunked"] else {
                throw Malformed(text: "the transfer coding '\(codings.joined(separator: ", "))' is not known")
            }
            return .chunked(ChunkedDecoder())
        }
        // The same length twice counts as one.
        let lengths = head.list("content-length")
        guard let length = lengths.first else { return .untilEnd }
        guard lengths.allSatisfy({ $0 == length }), length.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int(length)
        else { throw Malformed(text: "'\(lengths.joined(separator: ", "))' is no content length") }
        return .length(count)
    }
}
