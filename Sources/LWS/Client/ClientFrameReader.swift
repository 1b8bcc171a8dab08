package import Compression

/// Reads the frames of a WebSocket server (RFC 6455, section 5), in pieces of any size.
///
/// A frame that is complete in the input is passed on without a copy; only parts of frames are collected.
/// libwebsockets' own client reads one byte at a time, does not report pings, and takes close codes 1012 to 1014 for
/// protocol errors; this reader passes all of them on.
public struct ClientFrameReader {
    public enum Frame {
        /// A whole message, valid during the call only.
        case message(UnsafeRawBufferPointer, isText: Bool)
        case ping(UnsafeRawBufferPointer)
        case pong
        /// The last frame. The code is nil where it was empty.
        case close(code: UInt16?, reason: String)
    }

    /// The server broke the protocol. The connection has to be closed with `code` (section 7.4.1).
    public struct Violation: Error, Equatable {
        public var code: UInt16
        public var text: String
    }

    /// The maximum length of a message in bytes.
    private let limit: Int
    /// The beginning of an incomplete frame.
    private var cut: [UInt8] = []
    /// The fragments of an incomplete message; nil where none has begun.
    private var fragments: [UInt8]?
    private var fragmentsAreText = false
    /// Whether the message that is being read is compressed.
    private var isCompressed = false
    private var validator = UTF8Validator()
    private var isClosed = false
    /// Expands messages, where compression was negotiated (RFC 7692).
    package var inflater: MessageInflater?

    public init(messageLimit: Int) {
        limit = messageLimit
    }

    /// Passes on the frames in `bytes`, together with what remained before. `emit` returns whether to continue.
    public mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ emit: (Frame) -> Bool
    ) throws(Violation) {
        var rest = bytes
        while !rest.isEmpty, !isClosed {
            if !cut.isEmpty {
                guard let taken = try completeCut(with: rest) else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
                let frame = cut
                cut.removeAll(keepingCapacity: frame.count <= 4096)
                let goesOn: Result<Bool, Violation> = frame.withUnsafeBytes { whole in
                    Result { () throws(Violation) in
                        try handle(Header(whole)!, whole, emit)
                    }
                }
                guard try goesOn.get() else { return }
                continue
            }
            guard let header = Header(rest), header.end <= rest.count else {
                if let header = Header(rest) { try check(header) }
                cut.append(contentsOf: rest)
                return
            }
            let frame = UnsafeRawBufferPointer(rebasing: rest[..<header.end])
            rest = UnsafeRawBufferPointer(rebasing: rest[header.end...])
            guard try handle(header, frame, emit) else { return }
        }
    }

    /// Completes the incomplete frame. Returns the number of bytes taken, or nil where it is still incomplete.
    private mutating func completeCut(with bytes: UnsafeRawBufferPointer) throws(Violation) -> Int? {
        var taken = 0
        var header = cut.withUnsafeBytes { Header($0) }
        while header == nil, taken < bytes.count {
            cut.append(bytes[taken])
            taken += 1
            header = cut.withUnsafeBytes { Header($0) }
        }
        guard let header else { return nil }
        try check(header)
        let count = min(header.end - cut.count, bytes.count - taken)
        cut.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[taken..<taken + count]))
        return cut.count == header.end ? taken + count : nil
    }

    /// Refuses a frame by its header, so that no payload is awaited that would be refused.
    private func check(_ header: Header) throws(Violation) {
        // Only the first frame of a compressed message says so (RFC 7692, section 6.1).
        let isMarkable = inflater != nil && (header.opcode == 0x1 || header.opcode == 0x2)
        guard header.reserved == 0 || header.reserved == 0x40 && isMarkable else {
            throw Violation(code: 1002, text: "a reserved bit is set")
        }
        guard !header.isMasked else { throw Violation(code: 1002, text: "a server's frame is masked") }
        switch header.opcode {
        case 0x0:
            guard fragments != nil else { throw Violation(code: 1002, text: "a continuation of nothing") }
        case 0x1, 0x2:
            guard fragments == nil else { throw Violation(code: 1002, text: "a message within a message") }
        case 0x8, 0x9, 0xA:
            guard header.isFinal, header.length <= 125 else {
                throw Violation(code: 1002, text: "a control frame that is cut or too long")
            }
        default:
            throw Violation(code: 1002, text: "the opcode \(header.opcode)")
        }
        guard header.opcode >= 0x8 || header.length <= UInt64(limit - (fragments?.count ?? 0)) else {
            throw Violation(code: 1009, text: "a message of more than \(limit) bytes")
        }
    }

    private mutating func handle(
        _ header: Header, _ frame: UnsafeRawBufferPointer, _ emit: (Frame) -> Bool
    ) throws(Violation) -> Bool {
        try check(header)
        let payload = UnsafeRawBufferPointer(rebasing: frame[header.start...])
        switch header.opcode {
        case 0x8: return emit(try close(payload))
        case 0x9: return emit(.ping(payload))
        case 0xA: return emit(.pong)
        default: break
        }
        if header.opcode != 0 {
            fragmentsAreText = header.opcode == 0x1
            isCompressed = header.reserved == 0x40
            validator = UTF8Validator()
        }
        if fragmentsAreText, !isCompressed {
            guard validator.take(payload), !header.isFinal || validator.isComplete else {
                throw Violation(code: 1007, text: "a text that is not UTF-8")
            }
        }
        if header.isFinal, header.opcode != 0 { return try complete(payload, emit) }
        var message = fragments.take() ?? []
        message.append(contentsOf: payload)
        guard header.isFinal else {
            fragments = message
            return true
        }
        let goesOn: Result<Bool, Violation> = message.withUnsafeBytes { whole in
            Result { () throws(Violation) in try complete(whole, emit) }
        }
        return try goesOn.get()
    }

    private mutating func complete(
        _ message: UnsafeRawBufferPointer, _ emit: (Frame) -> Bool
    ) throws(Violation) -> Bool {
        guard isCompressed, let inflater else { return emit(.message(message, isText: fragmentsAreText)) }
        let expanded: [UInt8]
        do throws(MessageInflater.Failure) {
            expanded = try inflater.expand(message, atMost: limit)
        } catch .tooLong {
            throw Violation(code: 1009, text: "a message of more than \(limit) bytes, expanded")
        } catch {
            throw Violation(code: 1007, text: "a message whose compression is damaged")
        }
        let isValid = !fragmentsAreText || expanded.withUnsafeBytes { UTF8Validator.accepts($0) }
        guard isValid else { throw Violation(code: 1007, text: "a text that is not UTF-8") }
        return expanded.withUnsafeBytes { emit(.message($0, isText: fragmentsAreText)) }
    }

    private mutating func close(_ payload: UnsafeRawBufferPointer) throws(Violation) -> Frame {
        isClosed = true
        guard !payload.isEmpty else { return .close(code: nil, reason: "") }
        guard payload.count >= 2 else { throw Violation(code: 1002, text: "a close code of one byte") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        switch code {
        // The codes of section 7.4.1 that may be sent, and those that were registered later.
        case 1000...1003, 1007...1014, 3000...4999: break
        default: throw Violation(code: 1002, text: "the close code \(code)")
        }
        let reason = UnsafeRawBufferPointer(rebasing: payload[2...])
        guard UTF8Validator.accepts(reason) else {
            throw Violation(code: 1007, text: "a close reason that is not UTF-8")
        }
        return .close(code: code, reason: String(decoding: reason, as: UTF8.self))
    }

    /// A frame's header (section 5.2).
    private struct Header {
        let isFinal: Bool
        let reserved: UInt8
        let opcode: UInt8
        let isMasked: Bool
        let length: UInt64
        /// Where the payload starts, and where the frame ends.
        let start: Int
        var end: Int { start + Int(min(length, 1 << 60)) }

        /// Nil where the header is incomplete.
        init?(_ bytes: UnsafeRawBufferPointer) {
            guard bytes.count >= 2 else { return nil }
            isFinal = bytes[0] & 0x80 != 0
            reserved = bytes[0] & 0x70
            opcode = bytes[0] & 0x0F
            isMasked = bytes[1] & 0x80 != 0
            let short = bytes[1] & 0x7F
            let extra = short == 126 ? 2 : short == 127 ? 8 : 0
            guard bytes.count >= 2 + extra else { return nil }
            var length = UInt64(short)
            if extra > 0 {
                length = 0
                for index in 2..<2 + extra { length = length << 8 | UInt64(bytes[index]) }
            }
            self.length = length
            start = 2 + extra
        }
    }
}
