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
        factors.crossed(in: study, over: loads, intervalTransports: intervalTransports)
            .filter { cell in !exclude.contains { $0.matches(cell) } }
            .map { cell in
                var cell = cell
                cell.goal = goals.last { $0.when.matches(cell) }?.goal
                return cell
            }
    }

    /// Cells that stand next to each other in every block: in a study of capacity those of a row, elsewhere each by itself.
    var neighbours: [[Cell]] {
        guard study == .capacity else { return cells.map { [$0] } }
        var rows: [[Cell]] = []
        for cell in cells {
            if let row = rows.firstIndex(where: { $0[0].capacityRow == cell.capacityRow }) {
                rows[row].append(cell)
            } else {
                rows.append([cell])
            }
        }
        return rows
    }

    /// One floor for each transport, load and number of loops, whatever else differs. The floor is without TLS.
    private func floorCells(beside measured: [Cell]) -> [Cell] {
        var seen: Set<String> = []
        return measured.compactMap { cell in
            // A plain floor says nothing about the capacity over TLS.
            guard Self.floorTransports.contains(cell.transport), study != .capacity || !cell.tls else { return nil }
            var limit = Cell(
                transport: cell.transport, server: .floor, auth: "none", heartbeat: .off, load: cell.load,
                loops: cell.loops, role: .floor)
            limit.goal = cell.goal
            return seen.insert(limit.id).inserted ? limit : nil
        }
    }

    private func aaCells(of measured: [Cell]) -> [Cell] {
        guard study != .capacity else {
            // The floor against itself, in every row that is held against it; its other half is the floor's cell.
            return floorCells(beside: measured).filter { $0.goal?.of == .floor }.map { half(.b, of: $0) }
        }
        return measured.first.map { cell in Cell.Arm.allCases.map { half($0, of: cell) } } ?? []
    }

    private func half(_ arm: Cell.Arm, of cell: Cell) -> Cell {
        var half = cell
        half.role = .aa
        half.arm = arm
        half.nameByLevels()
        return half
    }

    /// The number of blocks of the whole plan.
    var blocks: Int { max(repetitions, primary?.blocks ?? 0) }

    /// The timing of a cell's trials, with overrides applied. Cells that are not asked first take part only in the
    /// first blocks.
    func timing(of cell: Cell) -> (warmupSeconds: Double, measureSeconds: Double, repetitions: Int) {
        var timing = (warmupSeconds, measureSeconds, repetitions)
        for override in overrides where override.when.matches(cell) {
            if let seconds = override.warmupSeconds { timing.0 = seconds }
            if let seconds = override.measureSeconds { timing.1 = seconds }
            if let count = override.repetitions { timing.2 = min(count, repetitions) }
        }
        if let primary, primary.contains(cell) { timing.2 = primary.blocks }
        return timing
    }
}
