/// A media type in the form of `Content-Type` (RFC 9110, section 8.3.1): type and subtype, and its parameters.
///
/// The case of their names does not matter. White space may surround a semicolon, and a value may be within quotation
/// marks.
package struct MediaType {
    /// In lower case, for example `application/json`.
    package let name: String
    /// The values of `charset` in lower case, usually none or one.
    package let charsets: [String]

    package init(_ field: String) {
        var parts = Self.split(field.lowercased())[...]
        name = parts.popFirst().map(Self.trimmed) ?? ""
        charsets = parts.compactMap { part in
            guard let equals = part.firstIndex(of: "="), Self.trimmed(part[..<equals]) == "charset" else { return nil }
            let value = Self.trimmed(part[part.index(after: equals)...])
            let isQuoted = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            return isQuoted ? String(value.dropFirst().dropLast()) : value
        }
    }

    /// Splits at semicolons outside quotation marks.
    private static func split(_ field: String) -> [Substring] {
        var isQuoted = false
        var isEscaped = false
        return field.split(omittingEmptySubsequences: false) { character in
            defer { isEscaped = isQuoted && !isEscaped && character == "\\" }
            if character == "\"", !isEscaped { isQuoted.toggle() }
            return character == ";" && !isQuoted
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }
}
