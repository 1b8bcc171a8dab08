public import ExperimentModel

/// How a run ended.
public struct RunOutcome: Sendable {
    public var observed: [Observation] = []
    /// Trials of the plan that have no observation yet.
    public var remaining: Int
    /// Whether it was asked to end before its plan did.
    public var wasInterrupted = false

    public init(remaining: Int) { self.remaining = remaining }

    public func count(_ status: Observation.Status) -> Int { observed.count { $0.status == status } }

    /// Whether each cell was measured, or could not be for a reason that is a finding.
    ///
    /// A trial that a busy moment of the machine made invalid is said and left out; it takes the run down only where its
    /// cell has no other.
    public var isSound: Bool {
        let measured = Set(observed.lazy.filter { $0.status == .ok }.map(\.cell.id))
        let invalid = Set(observed.lazy.filter { $0.status == .invalid }.map(\.cell.id))
        return !wasInterrupted && count(.failed) == 0 && invalid.isSubset(of: measured)
    }
}
