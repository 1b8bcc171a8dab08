public import ExperimentModel

/// What the trials of an experiment do, where that is not to deliver updates and time them.
public protocol TrialStudy: Sendable {
    /// Measures a legal cell, and writes what it observed into its line.
    ///
    /// - Throws: what makes the trial a failed one.
    func measure(_ trial: Trial, _ observation: inout Observation) async throws
}
