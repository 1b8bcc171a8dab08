/// A part of a report on sessions, the same on the page and in Markdown.
struct SessionsSection {
    /// Unique within the page.
    var id: String
    var title: String
    var note: String
    var tables: [PageTable] = []
    var figures: [Figure] = []
    /// Folded on the page.
    var details: [PageTable] = []

    var isEmpty: Bool { tables.isEmpty && figures.isEmpty && details.isEmpty }

    /// The sections that are not empty, in the order of the report.
    static func all(_ analysis: SessionsAnalysis) -> [SessionsSection] {
        let sections =
            RecoverySections(analysis: analysis).all + StormSections(analysis: analysis).all
            + [DrainSection(analysis: analysis).section, PathSection(analysis: analysis).section]
            + [GapSection(analysis: analysis).section]
        return sections.filter { !$0.isEmpty }
    }
}

extension PageTable {
    /// Nil if there are no rows.
    static func ofRows(_ caption: String, detail: String = "", _ columns: [Column], _ rows: [Row]) -> PageTable? {
        rows.isEmpty ? nil : PageTable(caption, detail: Words(detail), columns: columns, rows: rows)
    }
}
