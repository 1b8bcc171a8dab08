public import ExperimentModel

/// How many of the planned trials a run has recorded.
public struct Completeness: Sendable, Hashable {
    public var trials: [Observation.Status: Int]
    /// Every cell with a trial, floors and A/A pairs included.
    public var cells: [CellResult.Outcome: Int]
    public var blocks: Int
    /// The number of trials that are known to be missing; a lower bound if the plan is not known.
    public var missing: Int
    /// The number of trials in the plan; nil if the run left no `run.json`.
    public var planned: Int?
    /// What is wrong with the last line of the file, in words; nil if that line is complete.
    public var tornLine: String?

    public var recorded: Int { trials.values.reduce(0, +) }
    public var isPartial: Bool { missing > 0 || tornLine != nil }

    /// - Parameter endedEarly: whether the rest of the plan was not needed.
    init(_ observations: [Observation], planned: Int?, tornLine: String?, endedEarly: Bool = false) {
        trials = observations.countsByStatus
        let statuses = Dictionary(grouping: observations) { $0.cell.id }.values.map(\.countsByStatus)
        cells = statuses.reduce(into: [:]) { $0[CellResult.Outcome($1), default: 0] += 1 }
        blocks = Set(observations.map(\.block)).count
        self.planned = planned
        self.tornLine = tornLine
        if endedEarly {
            missing = Self.holes(observations)
        } else if let planned {
            missing = max(0, planned - observations.count)
        } else {
            missing = Self.evidentlyMissing(observations)
        }
    }

    /// The gaps in the numbering.
    private static func holes(_ observations: [Observation]) -> Int {
        let numbers = Set(observations.map(\.trial))
        return max(0, (numbers.max() ?? 0) - numbers.count)
    }

    /// The number of trials that must be missing by the observations themselves: gaps in the numbering, and a last
    /// block shorter than the others.
    private static func evidentlyMissing(_ observations: [Observation]) -> Int {
        let holes = holes(observations)
        // A combination that cannot exist may be recorded once instead of in each block.
        let started = observations.filter { $0.status != .skipped }
        let sizes = started.reduce(into: [Int: Int]()) { $0[$1.block, default: 0] += 1 }
        guard let last = sizes.keys.max(), sizes.count > 1, let lastSize = sizes[last] else { return holes }
        let fullSize = sizes.values.max() ?? lastSize
        return max(holes, fullSize - lastSize)
    }
}

extension [Observation] {
    /// The number of observations by status.
    var countsByStatus: [Observation.Status: Int] { reduce(into: [:]) { $0[$1.status, default: 0] += 1 } }
}
