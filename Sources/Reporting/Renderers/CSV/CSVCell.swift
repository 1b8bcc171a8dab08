internal import ExperimentModel

/// The columns that name a cell, equal in every file.
enum CSVCell {
    static let columns = [
        "cell", "role", "server", "transport", "protocol", "tls", "auth", "load", "connections", "orders",
        "updates_per_second", "burst", "poll_interval_seconds", "loops",
    ]

    static func fields(_ result: CellResult) -> [String] {
        let cell = result.cell
        return [
            cell.id.forCSV, cell.role.rawValue, cell.server.rawValue, cell.transport.forCSV,
            cell.protocolVersion.forCSV,
            cell.tls ? "true" : "false", cell.auth.forCSV, cell.load.name.forCSV, CSVNumber.text(cell.load.connections),
            CSVNumber.text(cell.load.orders), CSVNumber.text(cell.load.updatesPerSecond),
            CSVNumber.text(cell.load.burst), CSVNumber.text(cell.pollIntervalSeconds), CSVNumber.text(cell.loops),
        ]
    }
}

extension Analysis {
    /// The compared cells, then the floors, each once.
    var cellsWithFloors: [CellResult] {
        var seen: Set<String> = []
        return (cells + groups.flatMap(\.floors)).filter { seen.insert($0.cell.id).inserted }
    }
}
