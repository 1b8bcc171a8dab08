/// Fits a table into the width of a terminal.
struct TerminalTable {
    let table: RankedTable
    let width: Int

    private typealias Column = RankedTable.Column

    var lines: [String] {
        let names = Column(title: "", rank: 0, isText: true, cells: table.names.map { "  " + $0 })
        let columns = fitting([names] + table.columns + [table.words])
        var lines = [clipped(table.heading)]
        if !table.names.isEmpty {
            lines.append(line(columns.map { ($0, $0.title) }))
            for row in table.names.indices { lines.append(line(columns.map { ($0, $0.cells[row]) })) }
            if !columns.contains(where: { $0.rank == table.words.rank }) { lines += sentence }
        }
        return lines + table.remarks.map { clipped("  " + $0) }
    }

    private var sentence: [String] {
        guard !table.told.isEmpty else { return [] }
        var lines = ["  \(table.words.title.forTerminal):"]
        // The words of one row are not broken into two lines.
        for row in table.told {
            let text =
                " \(table.names[row]) \(table.words.cells[row])".forTerminal + (row == table.told.last ? "" : ";")
            if lines[lines.count - 1].count + text.count <= width {
                lines[lines.count - 1] += text
            } else {
                lines.append("   " + text)
            }
        }
        return lines.map(clipped)
    }

    private func fitting(_ columns: [Column]) -> [Column] {
        var columns = columns
        while columns.count > 1, columns.reduce(0, { $0 + Self.width($1) }) + 2 * (columns.count - 1) > width {
            guard let last = columns.indices.max(by: { columns[$0].rank < columns[$1].rank }) else { break }
            columns.remove(at: last)
        }
        return columns
    }

    private static func width(_ column: Column) -> Int {
        ([column.title] + column.cells).map(\.forTerminal.count).max() ?? 0
    }

    private func line(_ cells: [(column: Column, text: String)]) -> String {
        let padded = cells.map { column, text in
            let text = text.forTerminal
            let space = String(repeating: " ", count: max(0, Self.width(column) - text.count))
            return column.isText ? text + space : space + text
        }
        var line = padded.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return clipped(line)
    }

    private func clipped(_ text: String) -> String {
        let text = text.forTerminal
        return text.count <= width ? text : text.prefix(width - 1) + "…"
    }
}
