/// A WebSocket frame (RFC 6455, section 5.2).
package struct SocketFrame {
    package enum Opcode: UInt8 {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10
    }

    package var opcode: Opcode
    package var payload: [UInt8]
    var isFinal = true
    /// RSV1, which marks a compressed message where permessage-deflate was negotiated (RFC 7692, section 6).
    var isCompressed = false

    init(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, isCompressed: Bool = false) {
        self.opcode = opcode
        self.payload = payload
        self.isFinal = isFinal
        self.isCompressed = isCompressed
    }

    init(text: String) { self.init(.text, Array(text.utf8)) }

    /// The frame as a client sends it: masked, with a key of zeros, so that its bytes are readable on the wire.
    var masked: [UInt8] {
        var bytes = [opcode.rawValue | (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0)]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<65_536: bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [0x80 | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        return bytes + [0, 0, 0, 0] + payload
    }

    /// The complete frames in a server's bytes.
    package static func frames(in bytes: [UInt8]) -> [SocketFrame] {
        var frames: [SocketFrame] = []
        var rest = bytes[...]
        while rest.count >= 2 {
            let start = rest.startIndex
            var length = Int(rest[start + 1] & 0x7F)
            var head = 2
            if length >= 126 {
                let digits = length == 126 ? 2 : 8
                guard rest.count >= 2 + digits else { break }
                length = rest[(start + 2)..<(start + 2 + digits)].reduce(0) { $0 << 8 | Int($1) }
                head += digits
            }
            // The highest bit of a length must be 0 (section 5.2).
            guard length >= 0, rest.count - head >= length, let opcode = Opcode(rawValue: rest[start] & 0x0F) else {
                break
            }
            let payload = Array(rest.dropFirst(head).prefix(length))
            frames.append(
                SocketFrame(
                    opcode, payload, isFinal: rest[start] & 0x80 != 0, isCompressed: rest[start] & 0x40 != 0))
            rest = rest.dropFirst(head + length)
        }
        return frames
    }
}
