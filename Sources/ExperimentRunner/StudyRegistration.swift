public import ExperimentModel
public import LoadGeneration

/// A study, and how it is made for a run: a line of `Catalog.studies`.
public struct StudyRegistration: Sendable {
    public let study: Experiment.Study
    /// What its trials do, in half a sentence, for `tandem list`.
    public let purpose: String
    /// - Throws: what leaves no trial a chance.
    public let make: @Sendable (StudyContext) async throws -> any TrialStudy

    public init(
        _ study: Experiment.Study, _ purpose: String,
        make: @escaping @Sendable (StudyContext) async throws -> any TrialStudy
    ) {
        self.study = study
        self.purpose = purpose
        self.make = make
    }
}

/// What a run gives its study.
public struct StudyContext: Sendable {
    public var experiment: Experiment
    /// Those that are about to be measured.
    public var trials: [Trial]
    public var settings: RunSettings
    /// For files of trials; gone after the run.
    public var folder: TemporaryFolder
    /// The result folder.
    public var results: String
    public var seed: UInt64
    public var observer: any RunObserver
    /// Makes a publisher to a server.
    public var publisher:
        @Sendable (_ target: LoadSpecification.Target, _ token: String?) throws -> any AcknowledgingPublisher

    public init(
        experiment: Experiment, trials: [Trial], settings: RunSettings, folder: TemporaryFolder, results: String,
        seed: UInt64, observer: any RunObserver,
        publisher:
            @escaping @Sendable (_ target: LoadSpecification.Target, _ token: String?) throws ->
            any AcknowledgingPublisher
    ) {
        self.experiment = experiment
        self.trials = trials
        self.settings = settings
        self.folder = folder
        self.results = results
        self.seed = seed
        self.observer = observer
        self.publisher = publisher
    }
}
