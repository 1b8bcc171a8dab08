public import ExperimentModel

/// Trials that give no figure, and why: what a transport cannot do is a finding.
public struct Exclusion: Sendable, Hashable {
    public var cell: Cell
    public var status: Observation.Status
    /// As the run recorded it.
    public var reason: String
    public var trials: Int
}
