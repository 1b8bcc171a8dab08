internal import Mustache

extension String {
    /// Safe as text and as a quoted attribute in HTML and SVG.
    ///
    /// It works on Unicode scalars. A quote with a combining mark is one `Character` that equals no quote, yet a
    /// browser still reads the quote.
    var escapedForMarkup: String {
        var escaped = ""
        escaped.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            // HTML cannot represent these, not even as a reference.
            case "\u{0}"..."\u{8}", "\u{B}", "\u{E}"..."\u{1F}", "\u{7F}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// Escapes the values in templates by Unicode scalar.
struct MarkupContent: MustacheContentType {
    func escapeText(_ text: String) -> String { text.escapedForMarkup }
}
