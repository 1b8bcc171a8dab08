extension ExperimentDecoder {
    private static let goalKeys = ["when", "figure", "atLeast", "atMost", "of"]

    /// `goals` of a study of capacity: each cell that is measured has one, the last that matches it.
    func goals(_ fields: StrictMapping, of experiment: inout Experiment) throws(ExperimentFileError) {
        guard experiment.study == .capacity else {
            guard let node = fields["goals"] else { return }
            throw node.failure(.contradiction, "'goals' belongs to a study of capacity")
        }
        let node = try fields.required("goals")
        for one in try node.list() {
            let own = try one.mapping(keys: Self.goalKeys)
            experiment.goals.append(
                CapacityGoalSelection(
                    when: try selection(own.required("when"), among: experiment.crossed), goal: try goal(own, one)))
        }
        let cells = experiment.crossed
        for cell in cells {
            guard let goal = cell.goal else {
                throw node.failure(.contradiction, "the cell '\(cell.id)' has no goal, which says what is measured")
            }
            if let reason = goal.rejection(of: cell, among: cells, hasFloor: experiment.floor) {
                throw node.failure(.contradiction, "the cell '\(cell.id)': \(reason)")
            }
        }
    }

    private func goal(_ own: StrictMapping, _ node: StrictNode) throws(ExperimentFileError) -> CapacityGoal {
        let figure = try own.required("figure").name(among: CapacityGoal.Figure.allCases.map(\.rawValue))
        let reference = try own["of"].map { node throws(ExperimentFileError) in
            try node.name(among: CapacityGoal.Reference.allCases.map(\.rawValue))
        }
        let bounds = 0.0...1e12
        let (least, most) = (try own.number("atLeast", bounds), try own.number("atMost", bounds))
        guard (least == nil) != (most == nil) else {
            throw node.failure(.contradiction, "a goal has one bound: give 'atLeast' or 'atMost'")
        }
        guard let figure = CapacityGoal.Figure(rawValue: figure) else {
            preconditionFailure("'\(figure)' was found among the figures")
        }
        return CapacityGoal(
            figure, atLeast: least, atMost: most, of: reference.flatMap(CapacityGoal.Reference.init(rawValue:)))
    }
}

extension CapacityGoal {
    /// Why a cell cannot have it; nil where it can.
    fileprivate func rejection(of cell: Cell, among cells: [Cell], hasFloor: Bool) -> String? {
        let rate = cell.load.updatesPerSecond
        if figure.hasRate, rate == 0 {
            return
                "'\(figure.rawValue)' is measured at a rate: 'updatesPerSecond' of '\(cell.load.name)' must be above 0"
        }
        if !figure.hasRate, rate > 0 {
            return
                "'\(figure.rawValue)' is measured without a rate: 'updatesPerSecond' of '\(cell.load.name)' must be 0"
        }
        let row = cells.filter { $0.capacityRow == cell.capacityRow }
        switch of {
        case .floor where !hasFloor: return "its goal is held against the floor, and 'floor' is false"
        case .floor where cell.tls || !Experiment.floorTransports.contains(cell.transport):
            return "there is no floor of \(cell.transport)\(cell.tls ? " over TLS" : "") to hold it against"
        case .oneLoop where !row.contains { $0.loops == 1 }:
            return "its goal is held against one loop: 'loops' must have 1 as well"
        case .oneLoop where !row.contains { $0.loops > 1 }:
            return "its goal is held against one loop: 'loops' must have more as well"
        case .oneLoop where row.contains { $0.loops == 1 && $0.goal?.figure != figure }:
            return
                "its goal is held against one loop, whose own goal names another figure: give both '\(figure.rawValue)'"
        default: return nil
        }
    }
}
