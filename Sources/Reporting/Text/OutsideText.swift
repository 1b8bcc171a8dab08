/// Text from outside (names, reasons, addresses), made harmless for the form that shows it.
///
/// It works on Unicode scalars, as readers of those forms do: a quote with a combining mark is one `Character` that
/// equals no quote.
extension String {
    /// Without control characters, which could move a terminal's cursor or change its colours.
    var forTerminal: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.isControl ? "\u{FFFD}" : $0 }))
    }

    /// One line of Markdown without markup, safe within a table.
    var forMarkdown: String {
        var escaped = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "$", "!": escaped += "\\\(scalar)"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case _ where scalar.isControl: escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// One field of CSV (RFC 4180, section 2).
    ///
    /// A sign that begins a formula gets an apostrophe before it: spreadsheets would run a formula from a server's
    /// text.
    var forCSV: String {
        var field = ""
        var needsQuotes = false
        if let first = unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) { field = "'" }
        for scalar in unicodeScalars {
            if ",\"\r\n".unicodeScalars.contains(scalar) { needsQuotes = true }
            if scalar == "\"" { field += "\"" }
            field.unicodeScalars.append(scalar)
        }
        return needsQuotes ? "\"" + field + "\"" : field
    }
}

extension Unicode.Scalar {
    /// C0, DEL and C1 controls, line separators, and the marks that change the direction of text.
    fileprivate var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
