public import ExperimentModel

/// What the trials of an experiment do. A study is registered in `Catalog.studies`.
public protocol TrialStudy: Sendable {
    /// Why a cell cannot be measured by this study, in one sentence; nil where it can. It follows from the cell and this machine alone.
    func rejection(of cell: Cell) -> String?
    /// Does beforehand what would disturb the trials; called once, before the first.
    ///
    /// - Parameters:
    ///   - trials: those that are about to be measured: none that cannot exist.
    ///   - announce: says what is done, in a few words.
    /// - Throws: `CancellationError`, or what leaves no trial a chance; what else goes wrong is for its trial to say.
    func prepare(for trials: [Trial], announce: (String) -> Void) async throws
    /// Measures a legal cell, and writes what it observed into its line.
    ///
    /// - Throws: what makes the trial a failed one.
    func measure(_ trial: Trial, _ observation: inout Observation) async throws
}

extension TrialStudy {
    public func rejection(of cell: Cell) -> String? { nil }
    public func prepare(for trials: [Trial], announce: (String) -> Void) async throws {}
}
