/// Takes the comments, and the contents of string literals, out of Swift source.
///
/// Line breaks stay, so that lines can be counted. The code of an interpolation stays too. A literal leaves a quotation mark on each
/// of its lines, because each is a line of code. A literal of a regular expression is read as code: one with a quotation mark in it
/// is taken for the start of a string.
struct CodeStripper {
    private let source: [Unicode.Scalar]
    private var index = 0
    private var code: [Unicode.Scalar] = []

    private init(_ source: String) { self.source = Array(source.unicodeScalars) }

    /// - Throws: `CodeCountError` where a string literal has no end.
    static func strip(_ source: String) throws(CodeCountError) -> [Unicode.Scalar] {
        var stripper = Self(source)
        try stripper.copyCode(isInterpolated: false)
        return stripper.code
    }

    private func sees(_ text: String) -> Bool { source[index...].starts(with: text.unicodeScalars) }

    /// How many number signs stand before the quotation mark of a literal that begins here; nil where none begins.
    private var signsOfLiteral: Int? {
        let signs = source[index...].prefix { $0 == "#" }.count
        return source[(index + signs)...].first == "\"" ? signs : nil
    }

    /// Copies code to the end of the source. The code of an interpolation ends at the parenthesis that closes it.
    private mutating func copyCode(isInterpolated: Bool) throws(CodeCountError) {
        var depth = 0
        while index < source.count {
            if sees("//") {
                while index < source.count, source[index] != "\n" { index += 1 }
            } else if sees("/*") {
                skipComment()
            } else if let signs = signsOfLiteral {
                try copyLiteral(signs: signs)
            } else {
                switch source[index] {
                case "(": depth += 1
                case ")" where isInterpolated && depth == 0: return
                case ")": depth -= 1
                default: break
                }
                code.append(source[index])
                index += 1
            }
        }
    }

    /// Comments nest.
    private mutating func skipComment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                index += 2
            } else if sees("*/") {
                depth -= 1
                index += 2
            } else {
                if source[index] == "\n" { code.append("\n") }
                index += 1
            }
        } while depth > 0 && index < source.count
    }

    private mutating func copyLiteral(signs: Int) throws(CodeCountError) {
        let raw = String(repeating: "#", count: signs)
        index += signs
        let quotes = sees("\"\"\"") ? "\"\"\"" : "\""
        index += quotes.count
        code.append("\"")
        while !sees(quotes + raw) {
            let isEscape = sees("\\" + raw)
            if isEscape { index += 1 + signs }
            guard index < source.count else { throw CodeCountError("a string literal has no end") }
            if isEscape, source[index] == "(" {
                code.append("(")
                index += 1
                try copyCode(isInterpolated: true)
                guard index < source.count else { throw CodeCountError("a string literal has no end") }
                code.append(")")
                index += 1
            } else if source[index] == "\n" {
                code += ["\n", "\""]
                index += 1
            } else {
                index += 1
            }
        }
        index += quotes.count + signs
        code.append("\"")
    }
}
