public import ExperimentModel

/// How a report is computed, where that is not the run's own to say.
public struct ReportOptions: Sendable, Hashable {
    /// The experiment's title; nil for the run's own, or its name.
    public var title: String?
    /// Ratios within `1 ± margin` count as equivalent; nil for the run's own, or 0.1, as of an experiment.
    public var equivalenceMargin: Double?
    /// The resamples of each bootstrap, at least 100.
    public var resamples: Int
    /// What experiments can name: the decision record holds a run against it, to say what the run leaves open.
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
