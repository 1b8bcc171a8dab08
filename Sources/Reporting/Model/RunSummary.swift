/// The outcome of a run in a few lines, for a terminal.
struct RunSummary {
    enum Block {
        case table(RankedTable)
        /// One paragraph for each.
        case sentences([String])
    }

    var blocks: [Block]

    /// The headline and goals, then the first sentences of the report, the readings of its figures, and its notices.
    static func goals(
        _ goals: [Goal], headline: String, _ sentences: [String], _ readings: [[String]], _ notices: [String]
    ) -> Self {
        let read = readings.map { $0.joined(separator: " ") }
        return Self(blocks: [.sentences([headline + "."] + goals.lines + sentences + read + notices)])
    }
}

/// A table that loses its least important columns if it is too wide.
struct RankedTable {
    struct Column {
        var title: String
        /// Columns with the highest rank are left out first.
        var rank: Int
        var isText = false
        /// One for each row.
        var cells: [String]
    }

    var heading: String
    /// One for each row.
    var names: [String]
    var columns: [Column]
    /// The last column. If there is no room for it, its words stand under the table.
    var words: Column
    /// The rows whose words stand under the table.
    var told: [Int]
    /// Lines under the table.
    var remarks: [String]
}
