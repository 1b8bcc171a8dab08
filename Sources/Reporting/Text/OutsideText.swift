/// Text that others wrote (names, reasons, addresses), made harmless for the form it is printed in.
///
/// All of it goes by Unicode scalars, as the readers of those forms do: a quote that carries a combining mark is one
/// `Character` that equals no quote.
extension String {
    /// Without the control characters with which text could move a terminal's cursor or recolour it.
    var forTerminal: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.isControl ? "\u{FFFD}" : $0 }))
    }

    /// One line of Markdown in which nothing is markup, safe within a table.
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

    /// One field of RFC 4180, section 2.
    ///
    /// A leading sign of a formula gets an apostrophe before it: spreadsheets would run what a server's text says.
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
    /// C0, DEL and C1 controls, line separators, and the marks that reverse the direction of text.
    fileprivate var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
