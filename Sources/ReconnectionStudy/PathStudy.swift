import Clocks
public import ExperimentModel
public import ExperimentRunner
import LoadGeneration
import NetworkPaths
import TransportCore

/// The study of proxies: what becomes of each transport's updates through what stands between client and server.
///
/// First everything is published for half of the measuring time, then nothing: what cuts an idle connection shows.
public struct PathStudy: TrialStudy {
    private let settings: SessionStudySettings
    private let clock = MonotonicClock()

    public init(_ settings: SessionStudySettings) { self.settings = settings }

    private struct Outcome: Sendable {
        var result: SessionsResult
        /// Sessions that were connected and had their first state when the others were given up.
        var connected: Int
        /// When the last update had been published.
        var quietSince: Int64
    }

    /// A session that has had no state for so long is held back, or refused.
    private static let patience = 1.5

    public func rejection(of cell: Cell) -> String? {
        SessionLegality(settings: settings).rejection(of: cell)
    }

    public func measure(_ trial: Trial, _ observation: inout Observation) async throws {
        let cell = trial.cell
        guard let path = settings.path(of: cell) else { throw SessionStudyError("the cell has no path") }
        var stage = TrialEnvironment(settings: settings, trial: trial, peers: cell.load.connections)
        stage.path = path
        stage.connectsInFlight = cell.load.connections
        stage.adjust = { specification in
            specification.startsAnyway = true
            specification.connectPatience = Self.patience + (cell.pollIntervalSeconds ?? 0)
            // As browsers say it: a proxy compresses for those who take it. What comes so compressed that it comes at all is
            // not read here, so whole answers are not asked for in that way.
            if cell.transport == "sse" { specification.headers = ["accept-encoding": "gzip"] }
        }
        let start = clock.now
        let outcome = try await stage.run { processes, stopPublishing in
            try await follow(processes, trial, stopPublishing)
        }
        observation.measuredSeconds = start.duration(to: clock.now).seconds
        let figures = PathFigures(
            outcome.result, connected: outcome.connected, quietSince: outcome.quietSince,
            lateness: 0.25 + (cell.pollIntervalSeconds ?? 0))
        observation.path = figures.summary(settings: path.settings(for: cell.transport))
        let policy = try SessionTimings(cell).policy()
        if let ledger = observation.path?.ledger, let rejection = LedgerGate.rejection(to: ledger, policy.recovery) {
            (observation.status, observation.reason) = (.failed, rejection)
        }
    }

    private func follow(
        _ processes: TrialEnvironment.Processes, _ trial: Trial, _ stopPublishing: () async -> Void
    ) async throws -> Outcome {
        try await Task.sleep(for: .nanoseconds(Int64(trial.measureSeconds / 2 * 1e9)))
        let quietSince = clock.now.nanoseconds
        await stopPublishing()
        try await Task.sleep(for: .nanoseconds(Int64(trial.measureSeconds / 2 * 1e9)))
        return Outcome(
            result: try await processes.sessions.finish(), connected: processes.ready.sessions ?? 0,
            quietSince: quietSince)
    }
}
