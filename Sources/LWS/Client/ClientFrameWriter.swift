/// Writes a client's frames: whole messages, masked (RFC 6455, section 5).
public struct ClientFrameWriter {
    public enum Opcode: UInt8, Sendable {
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA
    }

    private var random = SystemRandomNumberGenerator()

    public init() {}

    /// A frame with a random mask (section 5.3). The payload of a control frame has at most 125 bytes.
    public mutating func frame(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer) -> [UInt8] {
        Self.frame(opcode, payload, mask: random.next())
    }

    /// - Parameter mask: its first byte is the highest.
    public static func frame(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer, mask: UInt32) -> [UInt8] {
        let count = payload.count
        return [UInt8](unsafeUninitializedCapacity: count + 14) { frame, length in
            frame[0] = 0x80 | opcode.rawValue
            var place = 2
            func write(_ number: UInt64, bytes: Int) {
                for index in 0..<bytes {
                    frame[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * (bytes - 1 - index)))
                }
                place += bytes
            }
            switch count {
            case ..<126: frame[1] = 0x80 | UInt8(count)
            case ..<65_536:
                frame[1] = 0x80 | 126
                write(UInt64(count), bytes: 2)
            default:
                frame[1] = 0x80 | 127
                write(UInt64(count), bytes: 8)
            }
            write(UInt64(mask), bytes: 4)
            for index in 0..<count {
                frame[place + index] = payload[index] ^ UInt8(truncatingIfNeeded: mask >> UInt32(24 - 8 * (index & 3)))
            }
            length = place + count
        }
    }
}
