public import ExperimentModel

/// The analysis of a study of capacity: everything that its report says, computed once from the observations.
public struct CapacityAnalysis: Sendable {
    public var rows: [CapacityRow]
    var goals: [Goal] { rows.map(\.outcome) }

    /// Nil if the run is not a study of capacity.
    init?(_ observations: [Observation], study: Experiment.Study?, _ statistics: TrialStatistics) {
        guard study == .capacity || observations.contains(where: { $0.capacity != nil }) else { return nil }
        let cells = unique(observations.map(\.cell)).sorted { Self.key($0).lexicographicallyPrecedes(Self.key($1)) }
        let byRow = Dictionary(grouping: observations, by: \.cell.capacityRow)
        rows = cells.compactMap { cell in
            guard let goal = cell.goal, cell.role == .measure, goal.of != .oneLoop || cell.loops > 1 else { return nil }
            return CapacityReading(cell, goal, among: byRow[cell.capacityRow] ?? [], statistics).row
        }
    }

    /// By the figure that is measured, then by the setup. The trials come in random order.
    private static func key(_ cell: Cell) -> [String] {
        let figure = cell.goal.flatMap { CapacityGoal.Figure.allCases.firstIndex(of: $0.figure) } ?? 9
        return [
            "\(figure)", cell.goal?.of == .oneLoop ? "1" : "0", cell.tls ? "1" : "0", cell.load.name,
            "\(Factor.place(ofTransport: cell.transport))", cell.transport, cell.id,
        ]
    }
}

/// A goal and the findings about it.
public struct CapacityRow: Sendable {
    public enum Verdict: String, Sendable, Hashable {
        case met, missed
        /// Measured, but not comparable with the reference.
        case invalid
        /// A trial gave no figure.
        case failed
        /// This machine cannot measure the goal.
        case skipped
    }

    public var cell: Cell
    public var goal: CapacityGoal
    public var verdict: Verdict
    public var ours: Estimate?
    public var floor: Estimate?
    /// Our figure over that of the reference that the goal names; nil if the goal names none.
    public var ratio: Estimate?
    /// The floor's figure with the same loops over its figure with one loop.
    public var floorRatio: Estimate?
    /// The floor's figure over that of its A/A twin: the noise of the machine.
    public var noise: Estimate?
    /// One sentence each, without a full stop.
    public var notes: [String]

    /// The value that is compared with the goal.
    var judged: Estimate? { goal.of == nil ? ours : ratio }

    init(cell: Cell, goal: CapacityGoal, verdict: Verdict, notes: [String]) {
        self.cell = cell
        self.goal = goal
        self.verdict = verdict
        self.notes = notes
    }
}
