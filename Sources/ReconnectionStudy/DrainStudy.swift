import Clocks
public import ExperimentModel
public import ExperimentRunner
import Glibc
import LoadGeneration
import Measurement
import TransportCore

/// The study of drains: SIGTERM to a server with open streams, which is started again on its port once it has ended.
///
/// `pace` is how many streams a second it ends.
public struct DrainStudy: TrialStudy {
    private let settings: SessionStudySettings
    private let clock = MonotonicClock()

    public init(_ settings: SessionStudySettings) { self.settings = settings }

    private struct Outcome: Sendable {
        var result: SessionsResult
        var stoppedAt: Int64
        var exitedAt: Int64
    }

    public func rejection(of cell: Cell) -> String? {
        SessionLegality(settings: settings).rejection(of: cell)
    }

    public func measure(_ trial: Trial, _ observation: inout Observation) async throws {
        let cell = trial.cell
        let bound = bound(cell)
        var stage = TrialEnvironment(settings: settings, trial: trial, peers: cell.load.connections)
        stage.serverArguments = ["--drain-bound", String(bound)]
        if let pace = cell.session?.pace { stage.serverArguments += ["--drain-pace", String(Int(pace))] }
        let start = clock.now
        let outcome = try await stage.run { processes, stopPublishing in
            try await follow(processes, trial, bound: bound, stopPublishing)
        }
        observation.measuredSeconds = start.duration(to: clock.now).seconds
        let records = outcome.result.records
        let first = records.map { record in record.interruptions.first { $0.lost >= outcome.stoppedAt } }
        let ledger = records.reduce(SessionLedgerSummary()) { $0 + $1.ledger }
        let none = LatencySummary(histogram: .init())
        observation.drain = DrainSummary(
            sessions: records.count, exitSeconds: Double(outcome.exitedAt - outcome.stoppedAt) / 1e9,
            boundSeconds: bound,
            cleanReasons: first.count { $0?.isClean == true },
            closed: SessionMetrics.summary(first.map { $0.map { $0.lost - outcome.stoppedAt } }) ?? none,
            reconnects: SessionMetrics.summary(first.map { $0?.attempts.first.map { $0 - outcome.stoppedAt } }) ?? none,
            ledger: ledger)
        let policy = try SessionTimings(cell).policy()
        if let rejection = LedgerGate.rejection(to: ledger, policy.recovery) {
            (observation.status, observation.reason) = (.failed, rejection)
        }
    }

    /// The drain's time at this pace plus two seconds; at least five.
    private func bound(_ cell: Cell) -> Double {
        max(5, (cell.session?.pace.map { Double(cell.load.connections) / $0 } ?? 0) + 2)
    }

    private func follow(
        _ processes: TrialEnvironment.Processes, _ trial: Trial, bound: Double, _ stopPublishing: () async -> Void
    ) async throws -> Outcome {
        let stoppedAt = clock.now.nanoseconds
        processes.server.send(SIGTERM)
        guard let exitedAt = try await processes.server.ended(within: .seconds(bound + 5)) else {
            throw SessionStudyError(
                "the server had not ended \(bound + 5) s after SIGTERM, though its drain is bounded by \(bound) s")
        }
        try await processes.server.start()
        let repairedAt = clock.now.nanoseconds
        try await processes.sessions.command(SessionCommand(.repaired, at: repairedAt))
        try await Task.sleep(for: .milliseconds(100))
        try await processes.sessions.command(SessionCommand(.quiesce, seconds: trial.measureSeconds))
        await stopPublishing()
        try await processes.sessions.command(SessionCommand(.quiesce, seconds: 0.5))
        return Outcome(result: try await processes.sessions.finish(), stoppedAt: stoppedAt, exitedAt: exitedAt)
    }
}
