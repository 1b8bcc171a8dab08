public import ExperimentModel
public import LoadGeneration

/// A study, with how it is made for a run. Each is a line of `Catalog.studies`.
public struct StudyRegistration: Sendable {
    public let study: Experiment.Study
    /// What its trials do, in half a sentence, for `tandem list`.
    public let purpose: String
    /// - Throws: where no trial could be measured.
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

/// What a study gets from its run.
public struct StudyContext: Sendable {
    public var experiment: Experiment
    /// The trials that are about to be measured.
    public var trials: [Trial]
    public var settings: RunSettings
    /// The folder for the trials' files; it is removed after the run.
    public var folder: TemporaryFolder
    /// The result folder.
    public var results: String
    public var seed: UInt64
    public var observer: any RunObserver
    /// Makes a publisher for a server.
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
