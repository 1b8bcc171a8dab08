public import ExperimentModel

/// The observations of all trials of a cell in a study of reconnection.
public struct RecoveryResult: Sendable {
    public var cell: Cell
    public var trials: Int
    public var sessions: Int
    public var interrupted: Int
    /// The phases that were observed.
    public var phases: [SessionPhase: TimeDistribution]
    /// Nil if no session had a floor.
    public var ratio: Ratio?
    public var ledger: SessionLedgerSummary
    public var positionsLost: Int64
    public var attempts: Int64
    /// By cause.
    public var stops: [ReconnectionSummary.Stop]
    /// By cause.
    public var causes: [ReconnectionSummary.Cause]
    /// From the moment the client knows of the loss to its acceptance; nil if no session was interrupted.
    public var away: TimeDistribution?
    /// The sum over trials; nil if there is only one server.
    public var nodes: ReconnectionSummary.Nodes?
    public var harm: Harm?

    /// The time until a session caught up, over the minimum that its phases take.
    public struct Ratio: Sendable {
        /// The number of sessions over all trials.
        public var count: Int
        /// The medians over trials of each trial's quantile.
        public var p50: Estimate
        public var p90: Estimate
        public var p99: Estimate
        /// The highest median of a trial, by which goals are judged.
        public var worstMedian: Double
        /// The highest 99th percentile of a trial. A session that waited almost no time has a floor of a millisecond,
        /// which a small delay multiplies.
        public var worstP99: Double
    }

    public struct Harm: Sendable {
        public var peers: Int
        public var bytesPerSecondPerPeer: Estimate?
        /// In nanoseconds; nil if there is no limit.
        public var patience: Double?
        public var timeToCut: TimeDistribution?
        public var othersBefore: TimeDistribution?
        public var othersDuring: TimeDistribution?
    }

    init(_ cell: Cell, _ trials: [ReconnectionSummary], _ statistics: TrialStatistics) {
        self.cell = cell
        self.trials = trials.count
        sessions = trials.reduce(0) { $0 + $1.sessions }
        interrupted = trials.reduce(0) { $0 + $1.interrupted }
        phases = [:]
        for phase in SessionPhase.allCases {
            phases[phase] = TimeDistribution(trials.compactMap { phase.summary(of: $0.phases) }, statistics)
        }
        ratio = Ratio(trials.compactMap(\.phases.caughtUpRatio), statistics)
        ledger = .total(trials.map(\.ledger))
        positionsLost = trials.reduce(0) { $0 + $1.positionsLost }
        attempts = trials.reduce(0) { $0 + $1.attempts }
        stops = Self.merged(trials.flatMap(\.stops))
        causes = Self.merged(trials.flatMap { $0.causes ?? [] })
        away = TimeDistribution(trials.compactMap(\.phases.away), statistics)
        nodes = Self.total(trials.compactMap(\.nodes))
        harm = Harm(trials.compactMap(\.harm), statistics)
    }

    /// Merges the stops of each cause. A cause that must end a session in one trial must do so in all.
    static func merged(_ stops: [ReconnectionSummary.Stop]) -> [ReconnectionSummary.Stop] {
        unique(stops.map(\.cause)).map { cause in
            let same = stops.filter { $0.cause == cause }
            return ReconnectionSummary.Stop(
                cause: cause, mustStop: same.contains(where: \.mustStop),
                stopped: same.reduce(0) { $0 + $1.stopped }, cameBack: same.reduce(0) { $0 + $1.cameBack },
                uselessRetries: same.reduce(0) { $0 + $1.uselessRetries })
        }
    }

    private static func merged(_ causes: [ReconnectionSummary.Cause]) -> [ReconnectionSummary.Cause] {
        unique(causes.map(\.cause)).sorted().map { cause in
            let same = causes.filter { $0.cause == cause }
            return ReconnectionSummary.Cause(
                cause: cause, ended: same.reduce(0) { $0 + $1.ended }, failed: same.reduce(0) { $0 + $1.failed })
        }
    }

    private static func total(_ nodes: [ReconnectionSummary.Nodes]) -> ReconnectionSummary.Nodes? {
        guard let first = nodes.first else { return nil }
        func sum(_ counts: (ReconnectionSummary.Nodes) -> [Int]) -> [Int] {
            (0..<max(first.before.count, first.after.count)).map { place in
                nodes.reduce(0) { $0 + (counts($1).indices.contains(place) ? counts($1)[place] : 0) }
            }
        }
        return ReconnectionSummary.Nodes(
            before: sum(\.before), after: sum(\.after), moved: nodes.reduce(0) { $0 + $1.moved },
            movedAndTold: nodes.reduce(0) { $0 + $1.movedAndTold })
    }

    /// Whether the client is the control, a loop that never stops. Others are compared with its mistakes.
    var isControl: Bool { cell.session?.client == "fixed" }

    /// Updates that a session was told it would not get, although no fault removed the history. A server with a
    /// durability of `commit` keeps it when it ends, but another node does not have it.
    var lostWithoutNeed: Int64 {
        // Another node does not have the history.
        if let nodes, nodes.moved > 0 { return 0 }
        let endsServer = cell.session?.fault?.steps.contains { Self.serverEnds.contains($0.fault) } ?? false
        return endsServer && cell.session?.durability != "commit" ? 0 : ledger.declaredLost
    }

    /// Faults that cost a server the history that is not on disk.
    private static let serverEnds: Set<String> = ["server-kill", "server-stop"]

    /// The longest phase of the median session; nil if none was observed.
    var longest: SessionPhase? {
        let reached = SessionPhase.stacked.compactMap { phase in phases[phase].map { (phase, $0.p50.value) } }
        return reached.max { $0.1 < $1.1 }?.0
    }
}

extension RecoveryResult.Ratio {
    fileprivate init?(_ ratios: [ReconnectionSummary.Ratio], _ statistics: TrialStatistics) {
        let ratios = ratios.filter { $0.count > 0 }
        guard let p50 = statistics.median(ofReached: ratios.map(\.p50)),
            let p90 = statistics.median(ofReached: ratios.map(\.p90)),
            let p99 = statistics.median(ofReached: ratios.map(\.p99))
        else { return nil }
        self.init(
            count: ratios.reduce(0) { $0 + $1.count }, p50: p50, p90: p90, p99: p99,
            worstMedian: ratios.map(\.p50).max() ?? p50.value, worstP99: ratios.map(\.p99).max() ?? p99.value)
    }
}

extension RecoveryResult.Harm {
    fileprivate init?(_ harms: [ReconnectionSummary.Harm], _ statistics: TrialStatistics) {
        guard let peers = harms.map(\.peers).max() else { return nil }
        self.init(
            peers: peers, bytesPerSecondPerPeer: statistics.median(of: harms.map(\.bytesPerSecondPerPeer)),
            patience: harms.compactMap(\.patienceSeconds).first.map { ($0 * 1e9).rounded() },
            timeToCut: TimeDistribution(harms.compactMap(\.timeToCut), statistics),
            othersBefore: TimeDistribution(harms.compactMap(\.othersBefore), statistics),
            othersDuring: TimeDistribution(harms.compactMap(\.othersDuring), statistics))
    }
}
