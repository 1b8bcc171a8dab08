/// Other durations for some cells: a poller at 5 s needs a longer trial than a stream.
public struct TrialOverride: Hashable, Sendable {
    public var when: FactorLevels
    public var warmupSeconds: Double?
    public var measureSeconds: Double?
    /// At most as many as the experiment's. The cell then takes part only in the first blocks.
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
