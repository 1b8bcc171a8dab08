public import ExperimentModel

/// When a run ends before its plan does.
public struct RunLimit: Sendable {
    /// Why it ended.
    public enum Reason: Sendable, Equatable {
        case decided
        case outOfTime
    }

    /// The blocks that are carried out in any case.
    let blocks: Int
    /// Whether what was observed so far decides what the run was to find out. Asked before each block.
    let isDecided: @Sendable ([Observation]) -> Bool
    /// The seconds after which no trial of a further block begins; nil for no limit.
    let seconds: Double?

    public init(after blocks: Int, seconds: Double?, isDecided: @escaping @Sendable ([Observation]) -> Bool) {
        self.blocks = blocks
        self.seconds = seconds
        self.isDecided = isDecided
    }

    /// - Parameter elapsed: the seconds since the run began or was resumed.
    /// - Returns: nil where `trial` may begin.
    package func reason(before trial: Trial, after observations: [Observation], elapsed: Double) -> Reason? {
        guard trial.block > blocks else { return nil }
        if observations.last?.block != trial.block, isDecided(observations) { return .decided }
        if let seconds, elapsed > seconds { return .outOfTime }
        return nil
    }
}
