/// Numbers for programs: full precision, no grouping, empty if there is no value.
enum CSVNumber {
    static func text(_ value: Double?) -> String {
        guard let value, !value.isNaN else { return "" }
        // R and pandas read `inf` as infinity.
        guard value.isFinite else { return value < 0 ? "-inf" : "inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    static func text(_ value: (some BinaryInteger)?) -> String { value.map { "\($0)" } ?? "" }
}
