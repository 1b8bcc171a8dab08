public import ExperimentModel

/// What the trials of an experiment do, where that is not to deliver updates and time them.
public protocol TrialStudy: Sendable {
    /// Does beforehand what would disturb the trials; called once, before the first.
    ///
    /// - Parameters:
    ///   - trials: those that are about to be measured: none that cannot exist.
    ///   - announce: says what is done, in a few words.
    /// - Throws: `CancellationError`; what else goes wrong is for its trial to say.
    func prepare(for trials: [Trial], announce: (String) -> Void) async throws
    /// Measures a legal cell, and writes what it observed into its line.
    ///
    /// - Throws: what makes the trial a failed one.
    func measure(_ trial: Trial, _ observation: inout Observation) async throws
}

extension TrialStudy {
    public func prepare(for trials: [Trial], announce: (String) -> Void) async throws {}
}
