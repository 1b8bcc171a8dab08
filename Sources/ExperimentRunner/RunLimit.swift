public import ExperimentModel

/// When a run ends before its plan does.
public struct RunLimit: Sendable {
    /// Why it ended.
    public enum Reason: Sendable, Equatable {
        case decided
        case outOfTime
    }

    /// Whether what was observed so far decides what the run was to find out. Asked before each block.
    let isDecided: @Sendable ([Observation]) -> Bool
    /// No trial begins that would end after so many seconds; nil for no limit.
    let seconds: Double?

    public init(seconds: Double?, isDecided: @escaping @Sendable ([Observation]) -> Bool) {
        self.seconds = seconds
        self.isDecided = isDecided
    }

    /// - Parameter elapsed: the seconds since the run began or was resumed.
    /// - Returns: nil where `trial` may begin.
    package func reason(before trial: Trial, after observations: [Observation], elapsed: Double) -> Reason? {
        if observations.last?.block != trial.block, isDecided(observations) { return .decided }
        if let seconds, elapsed + trial.warmupSeconds + trial.measureSeconds > seconds { return .outOfTime }
        return nil
    }
}
