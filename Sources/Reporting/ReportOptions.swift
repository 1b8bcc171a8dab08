/// How a report is computed, where that is not the run's own to say.
public struct ReportOptions: Sendable, Hashable {
    /// The experiment's title; nil for the run's own, or its name.
    public var title: String?
    /// Ratios within `1 ± margin` count as equivalent; nil for the run's own, or 0.05.
    public var equivalenceMargin: Double?
    /// The resamples of each bootstrap, at least 100.
    public var resamples: Int

    public init(title: String? = nil, equivalenceMargin: Double? = nil, resamples: Int = 2000) {
        self.title = title
        self.equivalenceMargin = equivalenceMargin
        self.resamples = resamples
    }
}
