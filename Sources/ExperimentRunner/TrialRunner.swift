import Clocks
import ExperimentModel

/// Measures one cell once, by its study, or says why that is impossible.
struct TrialRunner {
    let study: any TrialStudy
    let legality: CellLegality
    let identity: RunIdentity

    /// Why a cell cannot be measured by any study, or by this one; nil where it can.
    func rejection(of cell: Cell) -> String? { legality.rejection(of: cell) ?? study.rejection(of: cell) }

    /// - Throws: only `CancellationError`. Every other failure is an observation.
    func run(_ trial: Trial) async throws -> Observation {
        if let reason = rejection(of: trial.cell) {
            return identity.observation(of: trial, .skipped, reason: reason)
        }
        let started = Timestamp.string(identity.clock.unixNanoseconds)
        var observation = identity.observation(of: trial, .ok, reason: nil)
        do {
            try await study.measure(trial, &observation)
        } catch {
            try Task.checkCancellation()
            if error is CancellationError { throw error }
            observation = identity.observation(of: trial, .failed, reason: String(describing: error))
        }
        observation.startedAt = started
        return observation
    }
}
