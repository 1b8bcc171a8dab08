extension PageTable {
    /// The table without its caption. Notes stand in brackets after their figures.
    var markdown: String {
        let texts = Set(columns.indices.filter { $0 == 0 || columns[$0].isText })
        var made = MarkdownTable(
            columns.map { $0.title.forMarkdown + ($0.note.isNull ? "" : " (\($0.note.renderText.forMarkdown))") },
            textColumns: texts)
        for row in rows {
            if let remark = row.remark {
                made.add(
                    [row.heading, "\(remark.label): \(remark.text)"]
                        + [String](repeating: "", count: max(0, columns.count - 2)))
            } else {
                made.add(
                    [row.heading]
                        + row.cells.map { cell in
                            let notes = [cell.note, cell.aside].filter { !$0.isNull }.map(\.renderText)
                            return cell.text + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
                        })
            }
        }
        return made.text
    }
}
