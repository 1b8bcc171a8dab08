/// The outcome of a run in a few lines, for a terminal.
struct RunSummary {
    enum Block {
        case table(RankedTable)
        /// A paragraph each.
        case sentences([String])
    }

    var blocks: [Block]

    /// Goals, then what stands in the report's first lines and what is read from its figures.
    static func goals(
        _ goals: [Goal], headline: String, _ sentences: [String], _ readings: [[String]], _ notices: [String]
    ) -> Self {
        let read = readings.map { $0.joined(separator: " ") }
        return Self(blocks: [.sentences([headline + "."] + goals.lines + sentences + read + notices)])
    }
}

/// A table of which the least important columns go where there is no room.
struct RankedTable {
    struct Column {
        var title: String
        /// Columns with the highest number go first.
        var rank: Int
        var isText = false
        /// One a row.
        var cells: [String]
    }

    var heading: String
    /// Of the rows.
    var names: [String]
    var columns: [Column]
    /// The last column: words, which stand under the table where they find no room in it.
    var words: Column
    /// The rows whose words stand there.
    var told: [Int]
    /// Lines under the table.
    var remarks: [String]
}
