/// What one trial observed: one line of `observations.jsonl`, described by `Docs/observation.schema.json`.
public struct Observation: Codable, Hashable, Sendable {
    /// The version of the form. A reader refuses a newer one. In schema 1, histograms are lists.
    public static let currentSchema = 2

    public var schema: Int
    public var experiment: String
    /// The id of the run. All lines of a result folder have the same, even if the run was resumed.
    public var run: String
    /// The order of the trials and all random choices of the run follow from it. It is below 2^53, and so exact in
    /// any JSON reader.
    public var seed: UInt64
    /// The number in the plan, counted from 1.
    public var trial: Int
    /// The repetition, counted from 1. Cells are compared within a block.
    public var block: Int
    /// The position in the block's order, counted from 1.
    public var position: Int
    public var cell: Cell
    public var status: Status
    /// One sentence for a person; nil only with `ok`.
    public var reason: String?
    /// RFC 3339, UTC: when the trial's processes were started.
    public var startedAt: String
    public var warmupSeconds: Double
    /// The length of the measuring window; 0 where there was none.
    public var measuredSeconds: Double
    public var latency: Latency?
    /// From the start of the connection to the first authorised event.
    public var timeToFirstEvent: LatencySummary?
    public var staleness: StalenessSummary?
    /// For each update, the time between its first and its last delivery.
    public var fanOutSkew: LatencySummary?
    public var ledger: LedgerSummary?
    /// Nil where no subscriber stopped reading.
    public var slowReaders: SlowReaderSummary?
    public var resources: ResourceSummary?
    /// In order; nil where the window is too short for samples.
    public var samples: [WindowSample]?
    public var quality: MeasurementQuality?
    /// What was observed of the auth scheme, in experiments that study it.
    public var auth: AuthSummary?
    /// One of the next four, in the study of that name.
    public var reconnection: ReconnectionSummary?
    public var storm: StormSummary?
    public var drain: DrainSummary?
    public var path: PathSummary?
    /// In the study of capacity.
    public var capacity: CapacitySummary?

    public enum Status: String, Codable, Hashable, Sendable, CaseIterable {
        case ok
        /// Measured, but not a figure of the server: the client saturated, or the deliveries were not comparable.
        case invalid
        /// Started, but not measured to its end.
        case failed
        /// Not started, because the combination cannot exist.
        case skipped
    }

    /// Delivery latency, counted in two ways.
    public struct Latency: Codable, Hashable, Sendable {
        /// From the intended time of publication.
        public var corrected: LatencySummary
        /// From the actual publication, which hides the delay of a publisher that fell behind.
        public var uncorrected: LatencySummary

        public init(corrected: LatencySummary, uncorrected: LatencySummary) {
            self.corrected = corrected
            self.uncorrected = uncorrected
        }
    }

    public init(
        schema: Int = Self.currentSchema, experiment: String, run: String, seed: UInt64, trial: Int, block: Int,
        position: Int, cell: Cell, status: Status, reason: String? = nil, startedAt: String, warmupSeconds: Double,
        measuredSeconds: Double, latency: Latency? = nil, timeToFirstEvent: LatencySummary? = nil,
        staleness: StalenessSummary? = nil, fanOutSkew: LatencySummary? = nil, ledger: LedgerSummary? = nil,
        resources: ResourceSummary? = nil, quality: MeasurementQuality? = nil, slowReaders: SlowReaderSummary? = nil,
        samples: [WindowSample]? = nil
    ) {
        self.schema = schema
        self.experiment = experiment
        self.run = run
        self.seed = seed
        self.trial = trial
        self.block = block
        self.position = position
        self.cell = cell
        self.status = status
        self.reason = reason
        self.startedAt = startedAt
        self.warmupSeconds = warmupSeconds
        self.measuredSeconds = measuredSeconds
        self.latency = latency
        self.timeToFirstEvent = timeToFirstEvent
        self.staleness = staleness
        self.fanOutSkew = fanOutSkew
        self.ledger = ledger
        self.resources = resources
        self.quality = quality
        self.slowReaders = slowReaders
        self.samples = samples
    }
}
