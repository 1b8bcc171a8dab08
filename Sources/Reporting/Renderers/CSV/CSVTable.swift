/// A table as RFC 4180 has it, with lines that end in CR LF.
struct CSVTable {
    private(set) var text: String

    init(_ columns: [String]) { text = Self.line(columns) }

    mutating func add(_ fields: [String]) { text += Self.line(fields) }

    private static func line(_ fields: [String]) -> String { fields.joined(separator: ",") + "\r\n" }
}
