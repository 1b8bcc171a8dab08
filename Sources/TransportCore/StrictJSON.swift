/// Checks the JSON texts of peers before a decoder reads them: RFC 8259, only UTF-8, and no name twice in an object.
///
/// Decoders accept more, and differ in what they accept: one reads UTF-16, `01` or a comma before a bracket, and
/// where two members have one name, one decoder takes the first and another the last. A text that passes this check
/// means the same to all of them.
///
/// The bytes come from outside: every step may fail, none may trap.
public enum StrictJSON {
    /// The maximum nesting of objects and arrays.
    public static let deepest = 64

    /// What is wrong with a text, and where.
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        public enum Reason: String, Hashable, Sendable {
            case notUTF8 = "the text is not UTF-8"
            case byteOrderMark = "the text begins with a byte order mark"
            case empty = "there is no text"
            case value = "a value is missing or misspelt"
            case number = "a number is malformed"
            case controlCharacter = "a string holds a control character that is not escaped"
            case escape = "an escape is malformed, or is half a surrogate pair"
            case openString = "a string does not end"
            case name = "a member's name is missing"
            case colon = "the colon after a member's name is missing"
            case repeatedName = "a member's name stands twice in one object"
            case separator = "a comma or a closing bracket is missing"
            case depth = "the text is nested too deeply"
            case remainder = "something follows the value"
        }

        public let reason: Reason
        /// The offset of the fault in the text, in bytes.
        public let offset: Int

        public var description: String { "not JSON as RFC 8259 has it: \(reason.rawValue), at byte \(offset)" }
    }

    /// The first fault of a text; nil where it has none.
    public static func fault(in text: [UInt8]) -> Fault? {
        do throws(Fault) {
            if text.starts(with: [0xEF, 0xBB, 0xBF]) { throw Fault(reason: .byteOrderMark, offset: 0) }
            // JSON begins with an ASCII character. In UTF-16 and UTF-32 that makes one of the first two bytes NUL.
            if text.count.isMultiple(of: 2), let zero = text.prefix(2).firstIndex(of: 0) {
                throw Fault(reason: .notUTF8, offset: zero)
            }
            do {
                _ = try UTF8Span(validating: text.span)
            } catch {
                throw Fault(reason: .notUTF8, offset: error.byteOffsets.lowerBound)
            }
            var walk = Walk(text: text)
            try walk.whole()
            return nil
        } catch {
            return error
        }
    }

    private struct Walk {
        let text: [UInt8]
        var index = 0
        var depth = 0

        private var current: UInt8? { index < text.count ? text[index] : nil }

        private func fault(_ reason: Fault.Reason) -> Fault { Fault(reason: reason, offset: index) }

        mutating func whole() throws(Fault) {
            skipSpace()
            guard current != nil else { throw fault(.empty) }
            try value()
            skipSpace()
            guard current == nil else { throw fault(.remainder) }
        }

        private mutating func value() throws(Fault) {
            guard let first = current else { throw fault(.value) }
            switch first {
            case UInt8(ascii: "{"): try object()
            case UInt8(ascii: "["): try array()
            case UInt8(ascii: "\""): _ = try string()
            case UInt8(ascii: "t"): try literal("true")
            case UInt8(ascii: "f"): try literal("false")
            case UInt8(ascii: "n"): try literal("null")
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
            default: throw fault(.value)
            }
        }

        private mutating func object() throws(Fault) {
            var names: Set<ArraySlice<UInt8>> = []
            try list(closing: UInt8(ascii: "}")) { (walk) throws(Fault) in
                guard walk.current == UInt8(ascii: "\"") else { throw walk.fault(.name) }
                let start = walk.index
                let name = try walk.string()
                guard names.insert(walk.unescaped(name)).inserted else {
                    throw Fault(reason: .repeatedName, offset: start)
                }
                walk.skipSpace()
                guard walk.take(UInt8(ascii: ":")) else { throw walk.fault(.colon) }
                walk.skipSpace()
                try walk.value()
            }
        }

        private mutating func array() throws(Fault) {
            try list(closing: UInt8(ascii: "]")) { (walk) throws(Fault) in try walk.value() }
        }

        /// Reads the elements between two brackets, the first of which is here.
        private mutating func list(
            closing: UInt8, _ element: (inout Self) throws(Fault) -> Void
        ) throws(Fault) {
            guard depth < StrictJSON.deepest else { throw fault(.depth) }
            depth += 1
            index += 1
            skipSpace()
            if !take(closing) {
                repeat {
                    skipSpace()
                    try element(&self)
                    skipSpace()
                } while take(UInt8(ascii: ","))
                guard take(closing) else { throw fault(.separator) }
            }
            depth -= 1
        }

        /// Returns where the inside of the string lies that begins here.
        private mutating func string() throws(Fault) -> Range<Int> {
            index += 1
            let start = index
            while let byte = current {
                switch byte {
                case UInt8(ascii: "\""):
                    index += 1
                    return start..<index - 1
                case UInt8(ascii: "\\"): _ = try escape()
                case 0..<0x20: throw fault(.controlCharacter)
                default: index += 1
                }
            }
            throw fault(.openString)
        }

        /// The character that the escape here stands for (RFC 8259, section 7).
        private mutating func escape() throws(Fault) -> Unicode.Scalar {
            let malformed = fault(.escape)
            index += 1
            guard let letter = current else { throw malformed }
            index += 1
            switch letter {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
            case UInt8(ascii: "b"): return "\u{8}"
            case UInt8(ascii: "f"): return "\u{C}"
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "u"):
                guard let unit = hexadecimal() else { throw malformed }
                if let scalar = Unicode.Scalar(unit) { return scalar }
                guard unit < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let low = hexadecimal(),
                    low & 0xFC00 == 0xDC00
                else { throw malformed }
                let pair = (UInt32(unit) & 0x3FF) << 10 | UInt32(low) & 0x3FF
                guard let scalar = Unicode.Scalar(0x10000 + pair) else { throw malformed }
                return scalar
            default: throw malformed
            }
        }

        private mutating func hexadecimal() -> UInt16? {
            guard index + 4 <= text.count else { return nil }
            var unit: UInt16 = 0
            for byte in text[index..<index + 4] {
                guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
                unit = unit << 4 | UInt16(digit)
            }
            index += 4
            return unit
        }

        /// A name without escapes, in UTF-8, so that two spellings of one name are recognised as equal.
        private func unescaped(_ name: Range<Int>) -> ArraySlice<UInt8> {
            guard text[name].contains(UInt8(ascii: "\\")) else { return text[name] }
            var walk = Walk(text: text, index: name.lowerBound)
            var bytes: [UInt8] = []
            while walk.index < name.upperBound {
                if walk.current == UInt8(ascii: "\\"), let scalar = try? walk.escape() {
                    bytes += String(Character(scalar)).utf8
                } else {
                    bytes.append(text[walk.index])
                    walk.index += 1
                }
            }
            return bytes[...]
        }

        private mutating func literal(_ word: StaticString) throws(Fault) {
            let bytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
            guard text[index...].starts(with: bytes) else { throw fault(.value) }
            index += bytes.count
        }

        /// RFC 8259, section 6.
        private mutating func number() throws(Fault) {
            let malformed = fault(.number)
            _ = take(UInt8(ascii: "-"))
            if take(UInt8(ascii: "0")) {
                if let byte = current, Self.isDigit(byte) { throw malformed }
            } else if !takeDigits() {
                throw malformed
            }
            if take(UInt8(ascii: ".")), !takeDigits() { throw malformed }
            if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
                _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
                guard takeDigits() else { throw malformed }
            }
        }

        private mutating func takeDigits() -> Bool {
            let start = index
            while let byte = current, Self.isDigit(byte) { index += 1 }
            return index > start
        }

        private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard current == byte else { return false }
            index += 1
            return true
        }

        private mutating func skipSpace() {
            while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
        }
    }
}
