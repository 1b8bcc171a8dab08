import TransportCore

/// Walks over JSON text (RFC 8259) without building anything. Bytes from outside: every step may fail, none may trap.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0
    /// Deeper nesting than this is refused.
    private static let deepest = 128

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Moves into the member or element `token` of the value that stands here.
    mutating func enter(_ token: String) -> Bool {
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return enterMember(token)
        case UInt8(ascii: "["):
            // RFC 6901, section 4: digits without leading zeros.
            guard let wanted = Int(token), wanted >= 0, String(wanted) == token else { return false }
            return enterElement(wanted)
        default: return false
        }
    }

    /// The value that stands here.
    mutating func value() -> (bytes: Range<Int>, isString: Bool)? {
        skipSpace()
        let start = index
        let isString = current == UInt8(ascii: "\"")
        guard skipValue(depth: 0) else { return nil }
        return isString ? (start + 1..<index - 1, true) : (start..<index, false)
    }

    private mutating func enterMember(_ name: String) -> Bool {
        index += 1
        while true {
            skipSpace()
            let start = index + 1
            guard skipString() else { return false }
            let isWanted = isName(bytes[start..<index - 1], name)
            skipSpace()
            guard take(UInt8(ascii: ":")) else { return false }
            if isWanted { return true }
            guard skipValue(depth: 0) else { return false }
            skipSpace()
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    /// Names are compared as what they stand for (RFC 8259, section 8.3), code point by code point.
    private func isName(_ text: Slice<UnsafeRawBufferPointer>, _ name: String) -> Bool {
        guard text.contains(UInt8(ascii: "\\")) else { return text.elementsEqual(name.utf8) }
        return JSONMembers.unescaped(UnsafeRawBufferPointer(rebasing: text))?.utf8.elementsEqual(name.utf8) ?? false
    }

    private mutating func enterElement(_ wanted: Int) -> Bool {
        index += 1
        for _ in 0..<wanted {
            guard skipValue(depth: 0) else { return false }
            skipSpace()
            guard take(UInt8(ascii: ",")) else { return false }
        }
        skipSpace()
        return current != UInt8(ascii: "]")
    }

    private mutating func skipValue(depth: Int) -> Bool {
        guard depth < Self.deepest else { return false }
        skipSpace()
        switch current {
        case UInt8(ascii: "\""): return skipString()
        case UInt8(ascii: "{"): return skipList(end: UInt8(ascii: "}"), depth: depth, named: true)
        case UInt8(ascii: "["): return skipList(end: UInt8(ascii: "]"), depth: depth, named: false)
        default:
            let start = index
            while let byte = current, Self.isOfLiteral(byte) { index += 1 }
            return index > start
        }
    }

    private mutating func skipList(end: UInt8, depth: Int, named: Bool) -> Bool {
        index += 1
        skipSpace()
        if take(end) { return true }
        while true {
            if named {
                skipSpace()
                guard skipString() else { return false }
                skipSpace()
                guard take(UInt8(ascii: ":")) else { return false }
            }
            guard skipValue(depth: depth + 1) else { return false }
            skipSpace()
            if take(end) { return true }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    private mutating func skipString() -> Bool {
        guard take(UInt8(ascii: "\"")) else { return false }
        while let byte = current {
            index += 1
            if byte == UInt8(ascii: "\"") { return true }
            if byte == UInt8(ascii: "\\") { index += 1 }
        }
        return false
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    /// Numbers, `true`, `false` and `null`.
    private static func isOfLiteral(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
