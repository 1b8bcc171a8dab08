/// A question to the machine: which levels of which factors are compared, and how long.
public struct Experiment: Hashable, Sendable {
    /// What its trials do.
    public var study = Study.delivery
    /// Lower-case letters, digits and hyphens: it names the result folder.
    public var name: String
    public var title: String
    public var description: String?
    public var warmupSeconds: Double
    public var measureSeconds: Double
    /// Between two samples of a window; one that is shorter than two of these has none.
    public var sampleSeconds = 60.0
    /// Blocks, each with one trial of every cell.
    public var repetitions: Int
    /// Below 2^53; nil to draw one for each run, which is then recorded.
    public var seed: UInt64?
    public var interleaving: Interleaving
    /// Whether the machine's own limit is measured beside the cells.
    public var floor: Bool
    /// Whether one cell is measured twice in each block, to show the noise.
    public var aaPair: Bool
    public var factors: Factors
    public var loads: [LoadProfile]
    /// What is observed besides; the names are the runner's.
    public var probes: [String]
    /// Cells that are left out without a word: for a reason of the experiment's, not of the transport's.
    public var exclude: [FactorLevels]
    /// Where several match a cell, the last that sets a value wins.
    public var overrides: [TrialOverride]
    /// A fraction: 0.1 means that a difference below ten per cent does not matter.
    public var equivalenceMargin: Double
    /// Connections a second that the server of a study of storms takes where more sessions are simulated than were measured: the
    /// same for every policy, so that their curves can be compared.
    public var simulatedAcceptRate = Self.standardSimulatedAcceptRate
    /// Of the order of what this server takes from one client on one core.
    public static let standardSimulatedAcceptRate = 5_000.0
    /// The plan must fit; nil for no limit.
    public var maximumSeconds: Double?
    /// Which transports poll at an interval.
    var intervalTransports: Set<String>

    /// What the trials of an experiment do.
    public enum Study: String, Codable, Hashable, Sendable, CaseIterable {
        /// Deliver updates to a population, and time them.
        case delivery
        /// Put the auth scheme of a server to the test; `probes` are then the parts of the vector that is observed.
        case auth
        /// Break the connections of sessions by a fault, and follow how they come back.
        case reconnection
        /// Cut many sessions at once.
        case storm
        /// Drain a server with open streams.
        case drain
        /// Put what stands between client and server in the way.
        case proxies
    }

    /// The order of the cells in the blocks.
    public enum Interleaving: String, Hashable, Sendable, CaseIterable {
        /// Shuffled, and each second block in the reverse order of the one before it (A B B A): a steady drift of the
        /// machine cancels out between two blocks.
        case mirrored
        /// Each block shuffled by itself.
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
