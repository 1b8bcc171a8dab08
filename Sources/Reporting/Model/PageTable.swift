/// The tables of the page as the template sees them: words only, every decision already made.
struct PageTable {
    var caption: String
    /// Beside the caption; empty without one.
    var detail: Words
    var columns: [Column]
    var rows: [Row]
    /// Whether it has a column of row headings that should stay in view when the table scrolls.
    var isWide: Bool

    struct Column {
        var title: String
        var note: Words = ""
        var isText = false
    }

    struct Row {
        var heading: String
        /// The class of its colour dot; empty without one.
        var tone: Words = ""
        /// A class for the whole row: `floor`, `invalid`; empty for an ordinary one.
        var kind: Words = ""
        var cells: [Cell] = []
        /// What stands in the row's place when there are no figures.
        var remark: Remark?
    }

    struct Cell {
        var text: String
        /// A second, fainter line; empty without one.
        var note: Words = ""
        /// A third line; empty without one.
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
