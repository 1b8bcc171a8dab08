extension Experiment {
    /// Transports whose floor can be measured, by a bare server without TLS or authentication.
    public static let floorTransports: Set<String> = ["sse", "websocket"]

    /// All cells in the order of the file: those that are compared, the floor, the A/A pair.
    ///
    /// The runner knows the capabilities and decides whether a cell can exist; it skips others with a reason.
    public var cells: [Cell] {
        let measured = crossed
        return measured + (floor ? floorCells(beside: measured) : []) + (aaPair ? aaCells(of: measured) : [])
    }

    /// All combinations of the factors, without those that are excluded.
    var crossed: [Cell] {
        factors.crossed(over: loads, intervalTransports: intervalTransports)
            .filter { cell in !exclude.contains { $0.matches(cell) } }
    }

    /// One floor for each transport, load and number of loops, whatever else differs. The floor is without TLS.
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

    /// The timing of a cell's trials, with overrides applied.
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
