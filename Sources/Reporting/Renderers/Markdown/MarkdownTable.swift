/// A table in GitHub-flavoured Markdown. It escapes the cells; its caller escapes the columns' titles.
struct MarkdownTable {
    private var lines: [String]

    /// - Parameter textColumns: the columns that are aligned left. The others hold numbers.
    init(_ columns: [String], textColumns: Set<Int> = [0]) {
        lines = ["| " + columns.joined(separator: " | ") + " |"]
        lines.append(
            "|" + columns.indices.map { textColumns.contains($0) ? " :-- " : " --: " }.joined(separator: "|") + "|")
    }

    mutating func add(_ cells: [String]) {
        lines.append("| " + cells.map(\.forMarkdown).joined(separator: " | ") + " |")
    }

    /// Without a line feed at its end.
    var text: String { lines.joined(separator: "\n") }
}
