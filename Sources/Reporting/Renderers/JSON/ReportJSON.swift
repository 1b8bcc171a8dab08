internal import FoundationEssentials

/// What the JSON files of reports have in common.
enum ReportJSON {
    struct Goal: Encodable {
        var name: String
        var goal: String
        var found: String
        var outcome: String

        init(_ goal: Reporting.Goal) {
            name = goal.name
            self.goal = goal.goal
            found = goal.found
            outcome = goal.outcome.rawValue
        }
    }

    /// For people too: indented, in an order that does not change.
    static func text(_ file: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(file), as: UTF8.self) + "\n"
    }
}
