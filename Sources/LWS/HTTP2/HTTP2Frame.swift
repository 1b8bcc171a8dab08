/// A frame of HTTP/2 (RFC 9113, sections 4.1 and 6).
package struct HTTP2Frame {
    package enum Kind {
        package static let data: UInt8 = 0
        package static let headers: UInt8 = 1
        package static let priority: UInt8 = 2
        package static let reset: UInt8 = 3
        package static let settings: UInt8 = 4
        package static let pushPromise: UInt8 = 5
        package static let ping: UInt8 = 6
        package static let goAway: UInt8 = 7
        package static let windowUpdate: UInt8 = 8
        package static let continuation: UInt8 = 9
    }

    package enum Flag {
        package static let acknowledges: UInt8 = 0x1
        package static let endsStream: UInt8 = 0x1
        package static let endsHeaders: UInt8 = 0x4
        package static let isPadded: UInt8 = 0x8
        package static let hasPriority: UInt8 = 0x20
    }

    /// The codes with which a connection ends or a stream is reset (section 7).
    package enum ErrorCode: UInt32 {
        case none = 0
        case `protocol` = 1
        case flowControl = 3
        case streamClosed = 5
        case frameSize = 6
        case compression = 9
        case enhanceYourCalm = 11
    }

    /// An error that ends the connection (section 5.4.1).
    package struct ConnectionError: Error {
        package var code: ErrorCode
        var cause: String

        package init(_ code: ErrorCode, _ cause: String) {
            self.code = code
            self.cause = cause
        }

        static let wrongStream = Self(
            .protocol, "a frame on a stream that it is not for (RFC 9113, section 6)")
        static let wrongSize = Self(
            .frameSize, "a frame of a size that it does not have (RFC 9113, section 6)")

        static let closedStream = Self(
            .streamClosed, "a frame on a stream that has ended (RFC 9113, section 5.1)")
    }

    package static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    package static let headerBytes = 9
    /// The initial value of SETTINGS_MAX_FRAME_SIZE (section 6.5.2).
    package static let largestPayload = 16_384

    package let kind: UInt8
    package let flags: UInt8
    package let stream: UInt32
    package var payload: ArraySlice<UInt8>

    package init(kind: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, payload: ArraySlice<UInt8> = []) {
        self.kind = kind
        self.flags = flags
        self.stream = stream
        self.payload = payload
    }

    /// The frame that the bytes begin with; nil where it is incomplete.
    package init?(at bytes: ArraySlice<UInt8>) throws(ConnectionError) {
        guard bytes.count >= Self.headerBytes else { return nil }
        let start = bytes.startIndex
        let length = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
        guard length <= Self.largestPayload else {
            throw ConnectionError(
                .frameSize, "a frame of more than \(Self.largestPayload) bytes (RFC 9113, section 4.2)")
        }
        guard bytes.count >= Self.headerBytes + length else { return nil }
        kind = bytes[start + 3]
        flags = bytes[start + 4]
        stream = Self.number31(bytes[(start + 5)...].prefix(4))
        payload = bytes[(start + Self.headerBytes)...].prefix(length)
    }

    /// Whether it has to be acknowledged (sections 6.5.3 and 6.7).
    var wantsAnswer: Bool { (kind == Kind.ping || kind == Kind.settings) && !has(Flag.acknowledges) }

    package func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

    /// Removes the padding and, from a HEADERS frame, the priority, which has no meaning any more (section 5.3.2).
    package mutating func trim() throws(ConnectionError) {
        if has(Flag.isPadded) {
            guard let padding = payload.popFirst(), Int(padding) <= payload.count else {
                throw ConnectionError(.protocol, "more padding than the frame has bytes (RFC 9113, section 6.1)")
            }
            payload.removeLast(Int(padding))
        }
        guard kind == Kind.headers, has(Flag.hasPriority) else { return }
        guard payload.count >= 5 else {
            throw ConnectionError(.frameSize, "a priority has five bytes (RFC 9113, section 6.2)")
        }
        try judgePriority(payload)
        payload.removeFirst(5)
    }

    /// - Parameter bytes: five or more.
    func judgePriority(_ bytes: ArraySlice<UInt8>) throws(ConnectionError) {
        guard Self.number31(bytes.prefix(4)) != stream else {
            throw ConnectionError(.protocol, "a stream that depends on itself (RFC 7540, section 5.3.1)")
        }
    }

    /// A number in network byte order.
    package static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    /// The same without the first bit, which is reserved.
    static func number31(_ bytes: ArraySlice<UInt8>) -> UInt32 { number(bytes) & 0x7FFF_FFFF }

    package static func bytes(_ number: UInt32) -> [UInt8] {
        [UInt8(number >> 24), UInt8(number >> 16 & 0xFF), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)]
    }

    /// The frame's bytes on the wire.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    func append(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + Self.headerBytes + payload.count)
        bytes += Self.bytes(UInt32(payload.count) << 8 | UInt32(kind))
        bytes.append(flags)
        bytes += Self.bytes(stream)
        bytes += payload
    }
}
