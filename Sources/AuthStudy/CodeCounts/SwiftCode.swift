/// Swift source without comments and without the contents of string literals, as words: what is counted of a file.
package struct SwiftCode {
    package let text: String
    private let scalars: [Unicode.Scalar]
    private let words: [Word]

    /// An identifier, a keyword or a number.
    private struct Word {
        var text: String
        /// Behind its last scalar.
        var end: Int
        /// Right before it; nil at the start.
        var previous: Unicode.Scalar?
        /// The first behind it that is no white space; nil at the end.
        var next: Unicode.Scalar?

        /// A member, a directive or an escaped name: `.for`, `#if`, `` `case` ``.
        var isName: Bool { previous == "." || previous == "#" || previous == "`" }
    }

    /// - Throws: `CodeCountError` where a string literal has no end.
    package init(_ source: String) throws(CodeCountError) { self.init(stripped: try CodeStripper.strip(source)) }

    private init(stripped scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        text = String(String.UnicodeScalarView(scalars))
        var words: [Word] = []
        var index = 0
        while index < scalars.count {
            let end = scalars[index...].firstIndex { !$0.properties.isXIDContinue } ?? scalars.count
            if end > index {
                let next = scalars[end...].first { !$0.properties.isWhitespace }
                let text = String(String.UnicodeScalarView(scalars[index..<end]))
                let previous = index > 0 ? scalars[index - 1] : nil
                words.append(Word(text: text, end: end, previous: previous, next: next))
            }
            index = max(end, index + 1)
        }
        self.words = words
    }

    package var names: Set<String> { Set(words.map(\.text)) }

    /// The lines with code. A line within a long literal is one.
    package var lines: Int {
        scalars.split(separator: "\n").count { line in !line.allSatisfy(\.properties.isWhitespace) }
    }

    /// Each if, guard, while, for, catch, case of a switch, conditional operator, `??`, `&&` and `||`.
    package var branches: Int {
        let keywords = words.count { word in
            switch word.text {
            // Before a colon it is the label of an argument.
            case "if", "guard", "while", "for", "catch": !word.isName && word.next != ":"
            case "case": !word.isName && isOfSwitch(from: word.end)
            default: false
            }
        }
        return keywords + text.matches(of: /&&|\|\||\?\?|\s\?\s/).count
    }

    /// Whether a colon ends the pattern of a case. A case of an enumeration has none, and that of `if case` is followed by `=`.
    private func isOfSwitch(from start: Int) -> Bool {
        var depth = 0
        var last: Unicode.Scalar = " "
        for index in start..<scalars.count {
            switch scalars[index] {
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            case ":" where depth == 0: return true
            case "=" where depth == 0 && scalars[index - 1] == " " && scalars[index...].dropFirst().first == " ":
                return false
            case "\n" where depth == 0 && last != ",": return false
            default: break
            }
            guard depth >= 0 else { return false }
            if !scalars[index].properties.isWhitespace { last = scalars[index] }
        }
        return false
    }

    /// The types that are declared at the left margin, within no other.
    package var types: [String] {
        text.split(separator: "\n").compactMap { line in
            line.prefixMatch(of: /(?:\w+ )*(?:struct|class|enum|protocol|actor) (\w+)/).map { String($0.1) }
        }
    }

    /// The members of a variable that are named, each with the words behind it.
    package func members(of variable: String) -> [(name: String, rest: ArraySlice<String>)] {
        let texts = words.map(\.text)
        return words.indices.dropFirst().filter { words[$0].previous == "." && texts[$0 - 1] == variable }
            .map { (texts[$0], texts[($0 + 1)...]) }
    }

    /// The variables with the wrapper `@Option` of a structure that is declared at the left margin, in their order.
    package func options(of structure: String) -> [String] {
        let start = words.indices.dropLast().first { words[$0].text == "struct" && words[$0 + 1].text == structure }
        guard let start else { return [] }
        let end = scalars.indices.dropFirst(words[start].end).first { scalars[$0] == "}" && scalars[$0 - 1] == "\n" }
        let body = words[start...].prefix { $0.end < end ?? scalars.count }
        return body.indices.filter { body[$0].text == "Option" && body[$0].previous == "@" }.compactMap { option in
            body[option...].drop { $0.text != "var" }.dropFirst().first?.text
        }
    }
}
