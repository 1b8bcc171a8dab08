internal import Mustache

extension String {
    /// Safe as text and as a quoted attribute in HTML and SVG.
    ///
    /// It works on Unicode scalars: a quote that carries a combining mark is one `Character` that equals no quote,
    /// yet the browser still sees the quote.
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
            // HTML has no way to write these, not even as a reference.
            case "\u{0}"..."\u{8}", "\u{B}", "\u{E}"..."\u{1F}", "\u{7F}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// Escapes what templates print, scalar by scalar.
struct MarkupContent: MustacheContentType {
    func escapeText(_ text: String) -> String { text.escapedForMarkup }
}
