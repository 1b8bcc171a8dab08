internal import ExperimentModel

/// `sessions.csv`: a line for each figure of each cell of a study of sessions. Times are nanoseconds.
public struct SessionsCSVRenderer: Renderer {
    public let fileName = "sessions.csv"
    public let purpose = "one line a figure of each cell of a study of sessions"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.sessions != nil }

    private static let columns = [
        "cell", "study", "transport", "protocol", "tls", "client", "recovery", "fault", "path", "durability", "pace",
        "connections", "trials", "part", "item", "figure", "value", "low", "high", "values", "censored", "text",
    ]

    public func render(_ analysis: Analysis) -> String {
        var table = CSVTable(Self.columns)
        guard let sessions = analysis.sessions else { return table.text }
        for cell in SessionFigures(sessions).cells {
            for line in cell.lines {
                table.add(
                    Self.head(cell.cell, study: cell.study, trials: cell.trials) + [
                        line.part, line.item.forCSV, line.figure, CSVNumber.text(line.value), CSVNumber.text(line.low),
                        CSVNumber.text(line.high), CSVNumber.text(line.values), CSVNumber.text(line.censored),
                        line.text.forCSV,
                    ])
            }
        }
        for gap in sessions.gaps {
            for cell in gap.cells {
                table.add(
                    Self.head(cell, study: "", trials: nil) + [
                        "gap", gap.status.rawValue, "reason", "", "", "", "", "", gap.reason.forCSV,
                    ])
            }
        }
        return table.text
    }

    private static func head(_ cell: Cell, study: String, trials: Int?) -> [String] {
        let session = cell.session
        return [
            cell.id.forCSV, study, cell.transport.forCSV, cell.protocolVersion.forCSV, cell.tls ? "true" : "false",
            (session?.client ?? "").forCSV, (session?.recovery ?? "").forCSV, (session?.fault?.name ?? "").forCSV,
            (session?.path ?? "").forCSV, (session?.durability ?? "").forCSV, CSVNumber.text(session?.pace),
            CSVNumber.text(cell.load.connections), CSVNumber.text(trials),
        ]
    }
}
