import Clocks
public import ExperimentModel

/// Carries out a plan: the remaining trials, in order. Each is written down as it ends.
public struct ExperimentRun: Sendable {
    private let identity: RunIdentity
    private let settings: RunSettings
    private let study: any TrialStudy
    private let observer: any RunObserver

    public init(
        _ identity: RunIdentity, _ settings: RunSettings, _ study: any TrialStudy, observer: any RunObserver
    ) {
        self.identity = identity
        self.settings = settings
        self.study = study
        self.observer = observer
    }

    /// Runs what remains of the plan. A trial that fails or is invalid is an observation, and the run continues. A
    /// task that is cancelled ends its processes, and loses only the current trial.
    ///
    /// - Parameters:
    ///   - trials: the trials of the plan that have no observation in `log` yet.
    ///   - log: gets each observation when its trial ends.
    ///   - limit: ends the run before its plan; nil for the whole plan.
    /// - Throws: `ResultError` where an observation cannot be written; the error of the study's preparation.
    public func run(
        _ trials: [Trial], _ log: ObservationWriter, until limit: RunLimit? = nil
    ) async throws -> RunOutcome {
        var outcome = RunOutcome(remaining: trials.count, earlier: log.earlier)
        observer.observe(.began(trials: trials.count + log.earlier.count, remaining: trials.count))
        do {
            let runner = TrialRunner(study: study, legality: CellLegality(settings), identity: identity)
            try await prepare(trials.filter { runner.rejection(of: $0.cell) == nil })
            let clock = MonotonicClock()
            let began = clock.now
            for (index, trial) in trials.enumerated() {
                try Task.checkCancellation()
                outcome.limit = limit?.reason(
                    before: trial, after: outcome.all,
                    elapsed: began.duration(to: clock.now).seconds)
                if outcome.limit != nil { break }
                observer.observe(.trialBegan(trial, index: index + 1))
                let observation = try await runner.run(trial)
                try log.append(observation)
                outcome.observed.append(observation)
                outcome.remaining -= 1
                observer.observe(.trialEnded(observation))
            }
        } catch is CancellationError {
            // Only cancellation counts as an interruption. A line that could not be written is an error, whatever
            // else happened.
            outcome.wasInterrupted = true
        }
        return outcome
    }

    private func prepare(_ trials: [Trial]) async throws {
        do {
            try await study.prepare(for: trials, announce: { observer.observe(.preparing($0)) })
        } catch {
            // A child that ends together with the run has not failed.
            try Task.checkCancellation()
            throw error
        }
    }
}
