import SeededRandomness

/// The trials of a run in order: randomised blocks, so that changes of the machine affect all cells alike.
///
/// The same experiment and seed give the same plan, which tells an interrupted run what remains.
public struct TrialPlan: Hashable, Sendable {
    public var experiment: String
    public var seed: UInt64
    public var trials: [Trial]

    public init(_ experiment: Experiment, seed: UInt64) {
        self.experiment = experiment.name
        self.seed = seed
        let neighbours = experiment.neighbours
        var generator = SeededGenerator(seed: seed)
        var trials: [Trial] = []
        var order: [Cell] = []
        for block in 1...experiment.blocks {
            // The whole order is mirrored, so that cells that are not in a block do not change the pairing of the
            // others.
            if experiment.interleaving == .mirrored, block.isMultiple(of: 2) {
                order.reverse()
            } else {
                order = generator.shuffled(neighbours).flatMap { generator.shuffled($0) }
            }
            var position = 0
            for cell in order {
                let timing = experiment.timing(of: cell)
                // Cells with fewer repetitions take part in the first blocks, so that a run that is cut short has measured
                // them.
                guard block <= timing.repetitions else { continue }
                position += 1
                trials.append(
                    Trial(
                        number: trials.count + 1, block: block, position: position, cell: cell,
                        warmupSeconds: timing.warmupSeconds, measureSeconds: timing.measureSeconds))
            }
        }
        self.trials = trials
    }

    /// Draws a seed that every reader of JSON can represent exactly.
    public static func drawSeed(_ generator: inout some RandomNumberGenerator) -> UInt64 { generator.next() >> 11 }

    /// The trials that have no observation yet.
    ///
    /// A failed or invalid trial has one. The failure is data: repeating it until it succeeds would not be measuring.
    ///
    /// - Throws: `ResultError` where an observation is not of this plan.
    public func remaining(after observations: [Observation]) throws(ResultError) -> [Trial] {
        var done: Set<Int> = []
        for observation in observations {
            guard observation.seed == seed, observation.experiment == experiment,
                trials.indices.contains(observation.trial - 1),
                trials[observation.trial - 1].cell.id == observation.cell.id
            else {
                throw ResultError(
                    .anotherPlan,
                    "trial \(observation.trial) of '\(observation.experiment)' (\(observation.cell.id), seed "
                        + "\(observation.seed)) is not in the plan of '\(experiment)' with seed \(seed): the experiment "
                        + "was changed since; start a new run")
            }
            guard done.insert(observation.trial).inserted else {
                throw ResultError(.damaged, "trial \(observation.trial) has two observations")
            }
        }
        return trials.filter { !done.contains($0.number) }
    }
}
