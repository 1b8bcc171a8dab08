/// Durations for some of the cells: a poller of 5 s needs a longer trial than a stream does.
public struct TrialOverride: Hashable, Sendable {
    public var when: FactorLevels
    public var warmupSeconds: Double?
    public var measureSeconds: Double?
    /// At most the experiment's; the cell then takes part in the first blocks only.
    public var repetitions: Int?

    public init(
        when: FactorLevels, warmupSeconds: Double? = nil, measureSeconds: Double? = nil, repetitions: Int? = nil
    ) {
        self.when = when
        self.warmupSeconds = warmupSeconds
        self.measureSeconds = measureSeconds
        self.repetitions = repetitions
    }
}
