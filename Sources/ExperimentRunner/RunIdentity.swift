public import Clocks
import ExperimentModel

/// The members that all lines of a run have in common.
public struct RunIdentity: Sendable {
    public var experiment: String
    public var run: String
    public var seed: UInt64
    public var clock: any TimeSource

    public init(experiment: String, run: String, seed: UInt64, clock: some TimeSource = MonotonicClock()) {
        self.experiment = experiment
        self.run = run
        self.seed = seed
        self.clock = clock
    }

    /// A line without figures.
    func observation(of trial: Trial, _ status: Observation.Status, reason: String?) -> Observation {
        Observation(
            experiment: experiment, run: run, seed: seed, trial: trial.number, block: trial.block,
            position: trial.position, cell: trial.cell, status: status, reason: reason,
            startedAt: Timestamp.string(clock.unixNanoseconds), warmupSeconds: trial.warmupSeconds,
            measuredSeconds: 0)
    }
}
