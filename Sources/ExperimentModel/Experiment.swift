/// A question to be measured: which levels of which factors are compared, and for how long.
public struct Experiment: Hashable, Sendable {
    /// What its trials do.
    public var study = Study.delivery
    /// Lower-case letters, digits and hyphens, because it names the result folder.
    public var name: String
    public var title: String
    public var description: String?
    public var warmupSeconds: Double
    public var measureSeconds: Double
    /// The time between two samples of a window. A window shorter than two of these has no samples.
    public var sampleSeconds = 60.0
    /// Blocks, each with one trial of every cell.
    public var repetitions: Int
    /// Below 2^53; nil draws one for each run and records it.
    public var seed: UInt64?
    public var interleaving: Interleaving
    /// Whether the machine's own limit is measured beside the cells.
    public var floor: Bool
    /// Whether one cell is measured twice in each block, to show the noise.
    public var aaPair: Bool
    public var factors: Factors
    public var loads: [LoadProfile]
    /// What is observed in addition to the study's result, by the runner's names.
    public var probes: [String]
    /// Cells that are omitted without a report, because the experiment does not need them.
    public var exclude: [FactorLevels]
    /// Where several match a cell, the last one that sets a value wins.
    public var overrides: [TrialOverride]
    /// Of a study of capacity: where several match a cell, it has the last.
    public var goals: [CapacityGoalSelection] = []
    /// What is asked first; nil where each block is carried out whatever the others say.
    public var primary: PrimaryPlan?
    /// The seconds after which no trial of a block that was added begins, if the primary comparisons still have no
    /// verdict; nil for no limit.
    public var budgetSeconds: Double?
    /// A fraction: 0.1 means that a difference below ten per cent does not matter.
    public var equivalenceMargin: Double
    /// The connections per second of the server in a study of storms, where more sessions are simulated than were
    /// measured. It is the same for every policy, so that their curves can be compared.
    public var simulatedAcceptRate = Self.standardSimulatedAcceptRate
    /// About the rate at which this server accepts connections of one client on one core.
    public static let standardSimulatedAcceptRate = 5_000.0
    /// The maximum duration of the plan; nil for no limit.
    public var maximumSeconds: Double?
    /// The transports that poll at an interval.
    var intervalTransports: Set<String>

    /// What the trials of an experiment do.
    public enum Study: String, Codable, Hashable, Sendable, CaseIterable {
        /// Deliver updates to a population, and time them.
        case delivery
        /// Tests the auth scheme of a server. `probes` are then the parts of the vector that are observed.
        case auth
        /// Break the connections of sessions by a fault, and follow how they come back.
        case reconnection
        /// Cut many sessions at once.
        case storm
        /// Drain a server with open streams.
        case drain
        /// Puts proxies between client and server.
        case proxies
        /// Deliver as much as the machine lets a server, and hold as many connections; its cells have goals.
        case capacity
    }

    /// The order of the cells in the blocks.
    public enum Interleaving: String, Hashable, Sendable, CaseIterable {
        /// Shuffled, with each second block in the reverse order of the previous one (A B B A), so that a steady
        /// drift of the machine cancels out over two blocks.
        case mirrored
        /// Each block is shuffled independently.
        case shuffled
    }

    public init(
        name: String, title: String, description: String? = nil, warmupSeconds: Double = 0.5,
        measureSeconds: Double = 5, repetitions: Int = 5, seed: UInt64? = nil, interleaving: Interleaving = .mirrored,
        floor: Bool = true, aaPair: Bool = true, factors: Factors, loads: [LoadProfile],
        probes: [String] = [], exclude: [FactorLevels] = [], overrides: [TrialOverride] = [],
        equivalenceMargin: Double = 0.1, maximumSeconds: Double? = nil,
        intervalTransports: Set<String> = ["polling"]
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.warmupSeconds = warmupSeconds
        self.measureSeconds = measureSeconds
        self.repetitions = repetitions
        self.seed = seed
        self.interleaving = interleaving
        self.floor = floor
        self.aaPair = aaPair
        self.factors = factors
        self.loads = loads
        self.probes = probes
        self.exclude = exclude
        self.overrides = overrides
        self.equivalenceMargin = equivalenceMargin
        self.maximumSeconds = maximumSeconds
        self.intervalTransports = intervalTransports
    }
}
