import Glibc

/// Walks over one level of a JSON text (RFC 8259) and passes on where its values are, without building anything. That
/// is enough for a message's envelope and a token's claims. The bytes come from outside: every step may fail, none
/// may trap.
///
/// The inside of a value is skipped by its brackets and strings, and not checked. All members are passed on; where
/// two have one name, the caller sees both.
package struct JSONMembers {
    /// Deeper nesting than this is refused.
    private static let deepest = 64

    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Calls `body` with each member's name, as it is between its quotation marks, and its value. Returns false where
    /// the text is not an object.
    package static func members(
        of text: UnsafeRawBufferPointer,
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var walk = Self(text)
        return walk.list(open: UInt8(ascii: "{"), close: UInt8(ascii: "}")) { walk in
            guard let member = walk.member() else { return false }
            body(member.name, member.value)
            return true
        }
    }

    /// Calls `body` with each element. Returns false where the text is not an array.
    package static func elements(of text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        var walk = Self(text)
        return walk.list(open: UInt8(ascii: "["), close: UInt8(ascii: "]")) { walk in
            guard let value = walk.value() else { return false }
            body(value)
            return true
        }
    }

    /// The value that the text begins with; nil where there is none.
    package static func value(of text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var walk = Self(text)
        walk.skipSpace()
        return walk.value()
    }

    /// The member of this name of an object (the first where there are several), or the element at this index of an
    /// array (RFC 6901, section 4); nil where there is none. The text behind it is not read.
    package static func value(_ token: String, of text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var found: UnsafeRawBufferPointer?
        var walk = Self(text)
        walk.skipSpace()
        if walk.current == UInt8(ascii: "[") {
            // Digits without leading zeros.
            guard var left = Int(token), left >= 0, String(left) == token else { return nil }
            _ = walk.list(open: UInt8(ascii: "["), close: UInt8(ascii: "]")) { walk in
                guard let value = walk.value() else { return false }
                if left == 0 { found = value }
                left -= 1
                return found == nil
            }
            return found
        }
        _ = walk.list(open: UInt8(ascii: "{"), close: UInt8(ascii: "}")) { walk in
            guard let member = walk.member() else { return false }
            if isName(member.name, token) { found = member.value }
            return found == nil
        }
        return found
    }

    /// Compares names by what their escapes stand for (RFC 8259, section 8.3), code point by code point.
    private static func isName(_ text: UnsafeRawBufferPointer, _ name: String) -> Bool {
        guard text.contains(UInt8(ascii: "\\")) else { return text.elementsEqual(name.utf8) }
        return unescaped(text)?.utf8.elementsEqual(name.utf8) ?? false
    }

    /// The text that a JSON string stands for; nil where the value is no string, or has an invalid escape.
    package static func string(_ value: UnsafeRawBufferPointer) -> String? {
        guard value.count >= 2, value[0] == UInt8(ascii: "\""), value[value.count - 1] == UInt8(ascii: "\"") else {
            return nil
        }
        return unescaped(UnsafeRawBufferPointer(rebasing: value[1..<value.count - 1]))
    }

    /// The text between two quotation marks, as it is in a member's name.
    package static func unescaped(_ text: UnsafeRawBufferPointer) -> String? {
        guard text.contains(UInt8(ascii: "\\")) else { return String(decoding: text, as: UTF8.self) }
        var units: [UInt16] = []
        var index = 0
        while index < text.count {
            let start = index
            while index < text.count, text[index] != UInt8(ascii: "\\") { index += 1 }
            units += String(decoding: text[start..<index], as: UTF8.self).utf16
            guard index < text.count else { break }
            guard index + 1 < text.count else { return nil }
            switch text[index + 1] {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                guard index + 6 <= text.count,
                    let unit = UInt16(String(decoding: text[index + 2..<index + 6], as: UTF8.self), radix: 16)
                else { return nil }
                units.append(unit)
                index += 4
            case let byte where byte == 0x22 || byte == 0x2F || byte == 0x5C: units.append(UInt16(byte))
            default: return nil
            }
            index += 2
        }
        return String(decoding: units, as: UTF16.self)
    }

    package static func integer(_ value: UnsafeRawBufferPointer) -> Int? { Int(String(decoding: value, as: UTF8.self)) }

    // MARK: The walk

    private mutating func list(open: UInt8, close: UInt8, _ element: (inout Self) -> Bool) -> Bool {
        skipSpace()
        guard take(open) else { return false }
        skipSpace()
        if !take(close) {
            repeat {
                skipSpace()
                guard element(&self) else { return false }
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(close) else { return false }
        }
        skipSpace()
        return index == bytes.count
    }

    private mutating func member() -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        guard let name = string() else { return nil }
        skipSpace()
        guard take(UInt8(ascii: ":")) else { return nil }
        skipSpace()
        return value().map { (name, $0) }
    }

    private mutating func value() -> UnsafeRawBufferPointer? {
        let start = index
        switch current {
        case UInt8(ascii: "\""): guard string() != nil else { return nil }
        case UInt8(ascii: "{"), UInt8(ascii: "["): guard skipNested() else { return nil }
        default:
            // Numbers, `true`, `false` and `null`.
            while let byte = current, byte > 0x20, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}"),
                byte != UInt8(ascii: "]"), byte != UInt8(ascii: "\""), byte != UInt8(ascii: ":")
            { index += 1 }
            guard index > start else { return nil }
        }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<index])
    }

    /// Skips an object or an array by its brackets and strings.
    private mutating func skipNested() -> Bool {
        // One bit for each level: whether it is an object.
        var kinds: UInt64 = 0
        var depth = 0
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                guard string() != nil else { return false }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < Self.deepest else { return false }
                kinds = kinds << 1 | (byte == UInt8(ascii: "{") ? 1 : 0)
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard kinds & 1 == (byte == UInt8(ascii: "}") ? 1 : 0) else { return false }
                kinds >>= 1
                depth -= 1
            default: break
            }
            index += 1
            if depth == 0 { return true }
        }
        return false
    }

    /// The text between the quotation marks here.
    private mutating func string() -> UnsafeRawBufferPointer? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = index
        while index < bytes.count {
            guard let quote = memchr(bytes.baseAddress! + index, 0x22, bytes.count - index) else { return nil }
            index = UnsafeRawPointer(quote) - bytes.baseAddress! + 1
            // An odd number of backslashes before the quotation mark makes it part of the text.
            var backslashes = 0
            while index - 2 - backslashes >= start, bytes[index - 2 - backslashes] == 0x5C { backslashes += 1 }
            if backslashes % 2 == 0 { return UnsafeRawBufferPointer(rebasing: bytes[start..<index - 1]) }
        }
        return nil
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }
}
