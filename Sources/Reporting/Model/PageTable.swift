/// A table of the page as the template gets it: words only, all decisions made.
struct PageTable {
    var caption: String
    /// Words beside the caption, if any.
    var detail: Words
    var columns: [Column]
    var rows: [Row]
    /// Whether its first column stays in view when the table scrolls.
    var isWide: Bool

    struct Column {
        var title: String
        var note: Words = ""
        var isText = false
    }

    struct Row {
        var heading: String
        /// The class of the row's colour dot; empty for none.
        var tone: Words = ""
        /// The class of the row: `floor`, `invalid`; empty for an ordinary row.
        var kind: Words = ""
        var cells: [Cell] = []
        /// Replaces the figures of a row that has none.
        var remark: Remark?
    }

    struct Cell {
        var text: String
        /// A second, fainter line; empty for none.
        var note: Words = ""
        /// A third line; empty for none.
        var aside: Words = ""
        /// The class of a chip; empty for plain text.
        var chip: Words = ""
        var isText = false
        var isReason = false
    }

    struct Remark {
        var chip: String
        var label: String
        var text: String
        var span: Int
    }

    init(_ caption: String, detail: Words = "", columns: [Column], rows: [Row], isWide: Bool = true) {
        self.caption = caption
        self.detail = detail
        self.columns = columns
        self.rows = rows
        self.isWide = isWide
    }

    init(_ table: FigureTable) {
        self.init(
            table.caption, columns: [Column(title: "")] + table.columns.map { Column(title: $0) },
            rows: table.rows.map { row in Row(heading: row.label, cells: row.cells.map { Cell(text: $0) }) })
    }
}
