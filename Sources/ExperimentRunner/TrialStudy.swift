public import ExperimentModel

/// What the trials of an experiment do. A study is registered in `Catalog.studies`.
public protocol TrialStudy: Sendable {
    /// Why this study cannot measure a cell, in one sentence; nil where it can. It depends only on the cell and this
    /// machine.
    func rejection(of cell: Cell) -> String?
    /// Does the work that would disturb the trials. It is called once, before the first trial.
    ///
    /// - Parameters:
    ///   - trials: the trials that are about to be measured. All of them can exist.
    ///   - announce: gets a few words on what is being done.
    /// - Throws: `CancellationError`, or an error with which no trial could be measured. Other errors belong to their
    ///   trials.
    func prepare(for trials: [Trial], announce: (String) -> Void) async throws
    /// Measures a legal cell, and adds what it observed to the line.
    ///
    /// - Throws: an error that makes the trial a failed one.
    func measure(_ trial: Trial, _ observation: inout Observation) async throws
}

extension TrialStudy {
    public func rejection(of cell: Cell) -> String? { nil }
    public func prepare(for trials: [Trial], announce: (String) -> Void) async throws {}
}
