import Clocks
public import ExperimentModel
public import ExperimentRunner
import LoadGeneration
import Synchronization
import TransportCore

/// The study of storms: the kernel cuts many sessions at once, and they reconnect by their policies.
///
/// A load's connections are cut; a tenth as many sessions, at most 200, are bystanders. `pace` is the server's limit
/// on connections per second.
public struct StormStudy: TrialStudy {
    private let settings: SessionStudySettings
    private let simulatedAcceptRate: Double
    private let simulate: @Sendable (StormQuestion) -> StormCurve?
    private let clock = MonotonicClock()
    private let extrapolations = Extrapolations()

    /// The clients for which the model has run already, because its answer is the same in every trial.
    private final class Extrapolations: Sendable {
        private let clients = Mutex<Set<String>>([])
        func isFirst(_ client: String) -> Bool { clients.withLock { $0.insert(client).inserted } }
    }

    /// - Parameters:
    ///   - simulatedAcceptRate: the connections per second of the server in the model, with more sessions than this
    ///   machine can hold.
    ///   - simulate: replaces the model; nil uses the simulation.
    public init(
        _ settings: SessionStudySettings, simulatedAcceptRate: Double = Experiment.standardSimulatedAcceptRate,
        simulate: (@Sendable (StormQuestion) -> StormCurve?)? = nil
    ) {
        self.settings = settings
        self.simulatedAcceptRate = simulatedAcceptRate
        self.simulate = simulate ?? { StormModel.curve($0) }
    }

    /// There is one bystander for this many sessions that are cut.
    private static let share = 10
    private static let maximumBystanders = 200
    /// Before a storm, sessions connect at this share of the server's limit.
    private static let shareOfPace = 0.8
    /// How many sessions the model has, which is more than this machine can hold.
    private static let extrapolated = 1_000_000

    private struct Outcome: Sendable {
        var result: SessionsResult
        var cutAt: Int64
        /// Nil where sessions connected at a pace, so that the rate was not measured.
        var acceptRate: Double?
    }

    public func rejection(of cell: Cell) -> String? {
        SessionLegality(settings: settings).rejection(of: cell) ?? SocketKillFault.rejection
    }

    public func measure(_ trial: Trial, _ observation: inout Observation) async throws {
        let cell = trial.cell
        let bystanders = max(1, min(Self.maximumBystanders, cell.load.connections / Self.share))
        var stage = TrialEnvironment(settings: settings, trial: trial, peers: cell.load.connections)
        stage.bystanders = bystanders
        stage.connectsInFlight = 256
        stage.serverArguments = ["--drain-bound", "1"]
        if let rate = cell.session?.pace {
            stage.serverArguments += ["--accept-rate", String(Int(rate))]
            // The limit must not refuse anyone before the storm: a native EventSource that stops at a refusal would
            // not take part.
            stage.adjust = { $0.connectsPerSecond = Self.shareOfPace * rate }
        }
        let start = clock.now
        let outcome = try await stage.run { processes, stopPublishing in
            try await follow(processes, trial, stopPublishing)
        }
        observation.measuredSeconds = start.duration(to: clock.now).seconds
        let policy = try SessionTimings(cell).policy()
        let cut = Array(outcome.result.records.prefix(cell.load.connections))
        let ledger = outcome.result.records.reduce(SessionLedgerSummary()) { $0 + $1.ledger }
        let acceptRate = outcome.acceptRate ?? simulatedAcceptRate
        var question = StormQuestion(
            sessions: cell.load.connections, client: cell.session?.client ?? "full-jitter",
            acceptRate: acceptRate, rateLimit: cell.session?.pace,
            isEventStream: cell.transport == "sse", seed: settings.seed)
        let model = simulate(question)
        // All policies have the same rate, so that what one trial measured does not distinguish them.
        question.sessions = Self.extrapolated
        question.acceptRate = simulatedAcceptRate
        let extrapolation =
            cell.session?.pace == nil && extrapolations.isFirst(question.client) ? simulate(question) : nil
        observation.storm = StormSummary(
            sessions: cell.load.connections, bystanders: bystanders, acceptRate: acceptRate,
            measured: StormMetrics(cut, cutAt: outcome.cutAt).curve, model: model,
            extrapolation: extrapolation, extrapolationAcceptRate: extrapolation.map { _ in simulatedAcceptRate },
            ledger: ledger, bystandersBefore: outcome.result.before,
            bystandersDuring: outcome.result.since)
        if let rejection = LedgerGate.rejection(to: ledger, policy.recovery) {
            (observation.status, observation.reason) = (.failed, rejection)
        } else if let touched = outcome.result.records.suffix(bystanders).first(where: { !$0.interruptions.isEmpty }) {
            (observation.status, observation.reason) = (
                .invalid, "a bystander lost its connection too: \(touched.interruptions[0].cause)"
            )
        }
    }

    private func follow(
        _ processes: TrialEnvironment.Processes, _ trial: Trial, _ stopPublishing: () async -> Void
    ) async throws -> Outcome {
        // Connecting waits for nothing but the server, so this is the rate at which it accepts this client's
        // connections.
        let rate =
            trial.cell.session?.pace == nil
            ? Double(processes.ready.sessions ?? 0) / max(processes.ready.seconds ?? 1, 1e-6) : nil
        try await processes.sessions.command(SessionCommand(.fault))
        let cutAt = clock.now.nanoseconds
        try await SocketKillFault.cut(port: processes.port)
        try await Task.sleep(for: .milliseconds(200))
        try await processes.sessions.command(SessionCommand(.repaired, at: cutAt))
        try await processes.sessions.command(SessionCommand(.quiesce, seconds: trial.measureSeconds))
        await stopPublishing()
        try await processes.sessions.command(SessionCommand(.quiesce, seconds: 1))
        return Outcome(result: try await processes.sessions.finish(), cutAt: cutAt, acceptRate: rate)
    }
}

/// A storm for the model to simulate.
public struct StormQuestion: Hashable, Sendable {
    public var sessions: Int
    /// The name of a session policy.
    public var client: String
    /// How many connections the server accepts per second.
    public var acceptRate: Double
    /// The rate above which the server refuses; nil for no limit.
    public var rateLimit: Double?
    /// Whether the server sets the reconnection time (`retry:`), as it does on event streams.
    public var isEventStream: Bool
    public var seed: UInt64
}
