public import ExperimentModel

/// How much of the run is there.
public struct Completeness: Sendable, Hashable {
    public var trials: [Observation.Status: Int]
    /// All cells with a trial: the floor and the A/A pair are among them.
    public var cells: [CellResult.Outcome: Int]
    public var blocks: Int
    /// Trials known to be missing; a lower bound where the plan is not known.
    public var missing: Int
    /// The plan's number of trials; nil where only the lines are known.
    public var planned: Int?
    /// What was wrong at the end of the file, in words; nil where the last line is whole.
    public var tornLine: String?

    public var recorded: Int { trials.values.reduce(0, +) }
    public var isPartial: Bool { missing > 0 || tornLine != nil }

    init(_ observations: [Observation], planned: Int?, tornLine: String?) {
        trials = observations.countsByStatus
        let statuses = Dictionary(grouping: observations) { $0.cell.id }.values.map(\.countsByStatus)
        cells = statuses.reduce(into: [:]) { $0[CellResult.Outcome($1), default: 0] += 1 }
        blocks = Set(observations.map(\.block)).count
        self.planned = planned
        self.tornLine = tornLine
        if let planned {
            missing = max(0, planned - observations.count)
        } else {
            missing = Self.evidentlyMissing(observations)
        }
    }

    /// What the lines themselves show: holes in the numbering, and a last block shorter than the ones before.
    private static func evidentlyMissing(_ observations: [Observation]) -> Int {
        let numbers = Set(observations.map(\.trial))
        let holes = max(0, (numbers.max() ?? 0) - numbers.count)
        // A combination that cannot exist may be written down once, not in each block.
        let started = observations.filter { $0.status != .skipped }
        let sizes = started.reduce(into: [Int: Int]()) { $0[$1.block, default: 0] += 1 }
        guard let last = sizes.keys.max(), sizes.count > 1, let lastSize = sizes[last] else { return holes }
        let fullSize = sizes.values.max() ?? lastSize
        return max(holes, fullSize - lastSize)
    }
}

extension [Observation] {
    /// How many ended in which way.
    var countsByStatus: [Observation.Status: Int] { reduce(into: [:]) { $0[$1.status, default: 0] += 1 } }
}
