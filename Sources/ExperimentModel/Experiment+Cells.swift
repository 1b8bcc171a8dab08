extension Experiment {
    /// Transports for which the machine's limit can be measured, by a bare server without TLS or authentication.
    public static let floorTransports: Set<String> = ["sse", "websocket"]

    /// All cells in the order of the file: those that are compared, the floor, the A/A pair.
    ///
    /// Whether a cell can exist is for the runner to say, who knows the capabilities: it skips with a reason.
    public var cells: [Cell] {
        let measured = crossed
        return measured + (floor ? floorCells(beside: measured) : []) + (aaPair ? aaCells(of: measured) : [])
    }

    /// The full cross of the factors without what is excluded.
    var crossed: [Cell] {
        factors.crossed(over: loads, intervalTransports: intervalTransports)
            .filter { cell in !exclude.contains { $0.matches(cell) } }
    }

    /// One for each transport, load and number of loops, however the cells differ otherwise: the limit is without TLS.
    private func floorCells(beside measured: [Cell]) -> [Cell] {
        var seen: Set<String> = []
        return measured.compactMap { cell in
            guard Self.floorTransports.contains(cell.transport) else { return nil }
            let limit = Cell(
                transport: cell.transport, server: .floor, auth: "none", heartbeat: .off, load: cell.load,
                loops: cell.loops, role: .floor)
            return seen.insert(limit.id).inserted ? limit : nil
        }
    }

    private func aaCells(of measured: [Cell]) -> [Cell] {
        guard let cell = measured.first else { return [] }
        return Cell.Arm.allCases.map { arm in
            var half = cell
            half.role = .aa
            half.arm = arm
            half.nameByLevels()
            return half
        }
    }

    /// How a cell's trials run, overrides applied.
    func timing(of cell: Cell) -> (warmupSeconds: Double, measureSeconds: Double, repetitions: Int) {
        var timing = (warmupSeconds, measureSeconds, repetitions)
        for override in overrides where override.when.matches(cell) {
            if let seconds = override.warmupSeconds { timing.0 = seconds }
            if let seconds = override.measureSeconds { timing.1 = seconds }
            if let count = override.repetitions { timing.2 = min(count, repetitions) }
        }
        return timing
    }
}
