import Clocks
public import ExperimentModel
public import ExperimentRunner
import LoadGeneration
import NetworkPaths
import TransportCore

/// The study of proxies: what happens to each transport's updates on the path between client and server.
///
/// Updates are published for half of the measuring time. Nothing is published in the other half, so that a cut of
/// idle connections shows.
public struct PathStudy: TrialStudy {
    private let settings: SessionStudySettings
    private let clock = MonotonicClock()

    public init(_ settings: SessionStudySettings) { self.settings = settings }

    private struct Outcome: Sendable {
        var result: SessionsResult
        /// The sessions that were connected and had their first state when the study stopped waiting for the others.
        var connected: Int
        /// The time of the last publication.
        var quietSince: Int64
    }

    /// A session without a state for this long is held back or refused.
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
            // As browsers do: a proxy compresses for clients that accept it. The measuring client does not
            // decompress, and only needs to see that something arrives; so whole answers are not requested in this
            // way.
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
