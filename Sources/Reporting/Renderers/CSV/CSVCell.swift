internal import ExperimentModel

/// The columns that identify a cell, the same in every file.
enum CSVCell {
    static var columns: [CSVTable<CellResult>.Column] {
        [
            .text("cell", \.cell.id), .text("role", \.cell.role.rawValue), .text("server", \.cell.server.rawValue),
            .text("transport", \.cell.transport), .text("protocol", \.cell.protocolVersion), .flag("tls", \.cell.tls),
            .text("auth", \.cell.auth), .text("load", \.cell.load.name), .count("connections", \.cell.load.connections),
            .count("orders", \.cell.load.orders), .number("updates_per_second", \.cell.load.updatesPerSecond),
            .count("burst", \.cell.load.burst), .number("poll_interval_seconds", \.cell.pollIntervalSeconds),
            .count("loops", \.cell.loops),
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
