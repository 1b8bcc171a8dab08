public import ExperimentModel

/// Settings of a report that a run does not determine, or that override the run's own.
public struct ReportOptions: Sendable, Hashable {
    /// The report's title; nil for the run's own title, or the experiment's name.
    public var title: String?
    /// Ratios within `1 ± margin` count as equivalent. Nil for the run's own margin, or 0.1, the default of
    /// experiments.
    public var equivalenceMargin: Double?
    /// The number of resamples of each bootstrap, at least 100.
    public var resamples: Int
    /// What experiments can name. The decision record compares it with the run to say what the run leaves open.
    public var vocabulary: Vocabulary

    public init(
        title: String? = nil, equivalenceMargin: Double? = nil, resamples: Int = 2000, vocabulary: Vocabulary
    ) {
        self.title = title
        self.equivalenceMargin = equivalenceMargin
        self.resamples = resamples
        self.vocabulary = vocabulary
    }
}
