internal import ExperimentModel
internal import FoundationEssentials

/// Parts that the JSON files of reports share.
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

    struct Figure: Encodable {
        var part: String
        /// Nil if the part has only one item.
        var item: String?
        var figure: String
        /// Nil if there is no finite number.
        var value: Double?
        /// Whether a quantile falls among censored values: JSON has no infinity.
        var notReached: Bool?
        var low: Double?
        var high: Double?
        var values: Int64?
        var censored: Int64?
        var text: String?

        init(_ line: FigureLine) {
            func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
            part = line.part
            item = line.item.isEmpty ? nil : line.item
            figure = line.figure
            value = finite(line.value)
            notReached = line.value == .infinity ? true : nil
            low = finite(line.low)
            high = finite(line.high)
            values = line.values
            censored = line.censored
            text = line.text.isEmpty ? nil : line.text
        }
    }

    /// A factor's level as experiment files have it.
    struct Level: Encodable {
        var level: FactorLevel

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch level {
            case .text(let text): try container.encode(text)
            case .flag(let flag): try container.encode(flag)
            case .number(let number): try container.encode(number)
            case .heartbeat(let heartbeat): try container.encode(heartbeat)
            case .fault(let plan): try container.encode(plan.name)
            case .off: try container.encode("off")
            }
        }
    }

    /// Indented, with sorted keys, so that people can read and compare it.
    static func text(_ file: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(file), as: UTF8.self) + "\n"
    }
}
