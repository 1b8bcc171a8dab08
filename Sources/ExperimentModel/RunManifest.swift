/// The plan of a run: `run.json`. It is written before the first trial and is enough to resume the run.
public struct RunManifest: Codable, Hashable, Sendable {
    public static let currentSchema = 1

    public var schema: Int
    /// The name of the result folder.
    public var run: String
    public var experiment: String
    public var title: String
    public var seed: UInt64
    /// RFC 3339, UTC.
    public var startedAt: String
    /// The number of trials in the plan.
    public var trials: Int
    /// The expected duration of the plan.
    public var estimatedSeconds: Double
    /// A fraction, from the experiment. Reports judge by it.
    public var equivalenceMargin: Double
    /// Whether server and load generator have processors of their own; nil in runs of older versions.
    public var pins: Bool?
    /// What its trials do; nil, in files of older versions, for delivery.
    public var study: Experiment.Study?
    /// What it is asked first; nil where nothing is.
    public var primary: PrimaryPlan?

    public init(
        schema: Int = Self.currentSchema, run: String, experiment: String, title: String, seed: UInt64,
        startedAt: String, trials: Int, estimatedSeconds: Double, equivalenceMargin: Double, pins: Bool? = nil,
        study: Experiment.Study? = nil, primary: PrimaryPlan? = nil
    ) {
        self.schema = schema
        self.run = run
        self.experiment = experiment
        self.title = title
        self.seed = seed
        self.startedAt = startedAt
        self.trials = trials
        self.estimatedSeconds = estimatedSeconds
        self.equivalenceMargin = equivalenceMargin
        self.pins = pins
        self.study = study
        self.primary = primary
    }

    public init(run: String, _ experiment: Experiment, plan: TrialPlan, startedAt: String, pins: Bool? = nil) {
        self.init(
            run: run, experiment: experiment.name, title: experiment.title, seed: plan.seed, startedAt: startedAt,
            trials: plan.trials.count, estimatedSeconds: experiment.expectedSeconds(of: plan.trials),
            // A study of capacity decides it row by row.
            equivalenceMargin: experiment.equivalenceMargin, pins: experiment.study == .capacity ? nil : pins,
            study: experiment.study == .delivery ? nil : experiment.study, primary: experiment.primary)
    }
}
