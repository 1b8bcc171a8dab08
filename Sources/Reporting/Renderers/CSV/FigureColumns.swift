internal import ExperimentModel

/// A figure with the group that it belongs to.
struct FigureRow {
    var group: FigureGroup
    var line: FigureLine

    /// All figures of a report, then the reasons for missing ones.
    static func all(_ report: StudyReport) -> [Self] {
        (report.figures + report.gaps).flatMap { group in group.lines.map { Self(group: group, line: $0) } }
    }
}

/// The columns of files that have a line for each figure.
enum FigureColumns {
    typealias Column = CSVTable<FigureRow>.Column

    /// A column for a factor, named as experiment files name it; empty where the figure is of several levels.
    static func level(_ factor: Factor) -> Column { .text(factor.key) { $0.group.levels[factor]?.forPrograms } }

    static var path: [Column] { [.transport, .protocolVersion, .tls].map(level) }

    static var session: [Column] { [.client, .recovery, .fault, .path, .durability, .pace].map(level) }

    static var name: [Column] {
        [.text("part", \.line.part), .text("item", \.line.item), .text("figure", \.line.figure)]
    }

    static var uncertainty: [Column] {
        [
            .number("low", \.line.low), .number("high", \.line.high), .count("values", \.line.values),
            .count("censored", \.line.censored),
        ]
    }

    static var value: Column { .number("value", \.line.value) }

    static var text: Column { .text("text", \.line.text) }
}

extension FactorLevel {
    /// Nil where there is no limit.
    fileprivate var forPrograms: String? {
        switch self {
        case .text(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): CSVNumber.text(number)
        case .heartbeat(let heartbeat):
            heartbeat.kind == .off ? "off" : "\(heartbeat.kind.rawValue) \(CSVNumber.text(heartbeat.seconds))"
        case .fault(let plan): plan.name
        case .off: nil
        }
    }
}
