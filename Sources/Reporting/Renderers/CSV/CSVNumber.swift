/// Numbers for programs: full precision, no grouping, empty where there is none.
enum CSVNumber {
    static func text(_ value: Double?) -> String {
        guard let value, !value.isNaN else { return "" }
        // `inf` is what the readers of CSV (R, pandas) take for infinity.
        guard value.isFinite else { return value < 0 ? "-inf" : "inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    static func text(_ value: (some BinaryInteger)?) -> String { value.map { "\($0)" } ?? "" }
}
