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

    /// The transport and the connection of the figure.
    static var path: [Column] {
        [
            .text("transport", \.group.transport), .text("protocol", \.group.protocolVersion),
            .flag("tls", \.group.tls),
        ]
    }

    static var session: [Column] {
        [
            .text("client", \.group.session?.client), .text("recovery", \.group.session?.recovery),
            .text("fault", \.group.session?.fault?.name), .text("path", \.group.session?.path),
            .text("durability", \.group.session?.durability), .number("pace", { $0.group.session?.pace }),
        ]
    }

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
