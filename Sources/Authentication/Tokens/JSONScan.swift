/// Counts what `JSONDecoder` hides: the members of an object as they are written, duplicates included.
enum JSONScan {
    /// The number of members of the outermost object, if the text is well-formed otherwise.
    ///
    /// Nil for text that cannot be UTF-8 JSON: `JSONDecoder` would also read UTF-16 and UTF-32, which JOSE forbids
    /// (RFC 7515, section 4), and those hold NUL bytes or start with a byte order mark.
    static func memberCount(_ bytes: [UInt8]) -> Int? {
        guard let first = bytes.first, first < 0x80 else { return nil }
        var members = 0
        var depth = 0
        var inString = false
        var escaped = false
        for byte in bytes {
            guard byte != 0 else { return nil }
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ":") where depth == 1: members += 1
            default: break
            }
        }
        return members
    }
}
