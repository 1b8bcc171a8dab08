public import ExperimentModel

/// How a run ended.
public struct RunOutcome: Sendable {
    public var observed: [Observation] = []
    /// The observations from before it was resumed.
    public var earlier: [Observation]
    /// Trials of the plan that have no observation yet.
    public var remaining: Int
    /// Whether it was asked to end before its plan was carried out.
    public var wasInterrupted = false
    /// Why it ended before its plan; nil where it did not, and where it was interrupted.
    public var limit: RunLimit.Reason?

    public init(remaining: Int, earlier: [Observation] = []) {
        self.remaining = remaining
        self.earlier = earlier
    }

    /// Those of the whole run, whenever it was resumed.
    var all: [Observation] { earlier + observed }

    /// Deliveries that were silently lost, which no transport may do. Their trials give figures, but the run is not
    /// sound.
    public var lostInSilence: Int64 { all.reduce(0) { $0 + ($1.ledger?.lost ?? 0) } }

    /// Whether each cell was measured, or could not be for a reason that is a finding, and nothing was silently lost.
    ///
    /// A trial that a busy moment of the machine made invalid is reported and left out. It makes the run unsound only
    /// where its cell has no other trial. A run that was resumed is judged as a whole.
    public var isSound: Bool {
        func cells(_ status: Observation.Status) -> Set<String> {
            Set(all.lazy.filter { $0.status == status }.map(\.cell.id))
        }
        return !wasInterrupted && lostInSilence == 0 && cells(.failed).isEmpty
            && cells(.invalid).isSubset(of: cells(.ok))
    }
}
