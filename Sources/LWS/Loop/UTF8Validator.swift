/// Checks whether a text is UTF-8 (RFC 3629) while its pieces arrive.
public struct UTF8Validator {
    /// The number of missing continuation bytes, and the range of the next one.
    private var due = 0
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    public init() {}

    /// Whether the text may end here.
    public var isComplete: Bool { due == 0 }

    /// Whether these bytes alone are a text.
    public static func accepts(_ text: UnsafeRawBufferPointer) -> Bool {
        var validator = UTF8Validator()
        return validator.take(text) && validator.isComplete
    }

    /// Returns false at the first byte that makes the text invalid, and from then on.
    public mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            // Most text is ASCII, which is checked in steps of eight bytes.
            while due == 0, index + 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index += 8
            }
            guard index < bytes.count else { break }
            let byte = bytes[index]
            index += 1
            if due > 0 {
                guard byte >= lower, byte <= upper else { return false }
                due -= 1
                lower = 0x80
                upper = 0xBF
            } else if byte >= 0x80 {
                guard begin(byte) else { return false }
            }
        }
        return true
    }

    /// The ranges of the table in RFC 3629, section 4: no overlong form, no surrogate, nothing above U+10FFFF.
    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: due = 1
        case 0xE0: (due, lower) = (2, 0xA0)
        case 0xE1...0xEC, 0xEE, 0xEF: due = 2
        case 0xED: (due, upper) = (2, 0x9F)
        case 0xF0: (due, lower) = (3, 0x90)
        case 0xF1...0xF3: due = 3
        case 0xF4: (due, upper) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
