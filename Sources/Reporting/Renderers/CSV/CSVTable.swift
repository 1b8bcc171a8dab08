/// A table in CSV (RFC 4180), with lines that end in CR LF. A column holds its title and its field.
struct CSVTable<Row> {
    struct Column {
        var title: String
        var field: (Row) -> String

        private init(_ title: String, field: @escaping (Row) -> String) {
            self.title = title
            self.field = field
        }

        /// Empty if there is no value.
        static func text(_ title: String, _ value: @escaping (Row) -> String?) -> Self {
            Self(title) { (value($0) ?? "").forCSV }
        }

        static func flag(_ title: String, _ value: @escaping (Row) -> Bool) -> Self {
            Self(title) { value($0) ? "true" : "false" }
        }

        static func number(_ title: String, _ value: @escaping (Row) -> Double?) -> Self {
            Self(title) { CSVNumber.text(value($0)) }
        }

        static func count(_ title: String, _ value: @escaping (Row) -> (some BinaryInteger)?) -> Self {
            Self(title) { CSVNumber.text(value($0)) }
        }

        /// The same column for rows that contain such a row.
        func of<Other>(_ row: @escaping (Other) -> Row) -> CSVTable<Other>.Column {
            CSVTable<Other>.Column(title, field: { field(row($0)) })
        }
    }

    var columns: [Column]

    init(_ columns: [Column]) { self.columns = columns }

    func text(_ rows: some Sequence<Row>) -> String {
        Self.line(columns.map(\.title)) + rows.map { row in Self.line(columns.map { $0.field(row) }) }.joined()
    }

    private static func line(_ fields: [String]) -> String { fields.joined(separator: ",") + "\r\n" }
}
