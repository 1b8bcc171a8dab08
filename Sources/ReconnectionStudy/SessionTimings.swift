import ExperimentModel
import TransportCore

/// The times of sessions that depend on a cell's heartbeat. So a trial with a fast heartbeat is short.
struct SessionTimings {
    private let cell: Cell

    init(_ cell: Cell) { self.cell = cell }

    private var heartbeat: Double? { cell.heartbeat.kind == .off ? nil : cell.heartbeat.seconds }

    /// A client gives its connection up when this many heartbeats are late or lost.
    static let missedHeartbeats = 3.0

    /// The policy of the cell, with a liveness timeout and deadlines that fit its heartbeat.
    ///
    /// - Throws: `SessionStudyError` where the cell names no policy.
    func policy() throws -> SessionPolicy {
        let recovery = cell.session?.recovery.flatMap { RecoveryStrategy(rawValue: $0) } ?? .replayOrSnapshot
        let name = cell.session?.client ?? "full-jitter"
        guard var policy = SessionPolicy.named(name, recovery: recovery) else {
            throw SessionStudyError("there is no client '\(name)'")
        }
        // A browser notices nothing by itself, and has its own deadlines.
        guard policy.model == .fetch else { return policy }
        policy.livenessTimeout = heartbeat.map { .nanoseconds(Int64($0 * Self.missedHeartbeats * 1e9)) }
        if let connectSeconds { policy.connectTimeout = .nanoseconds(Int64(connectSeconds * 1e9)) }
        if cell.pollIntervalSeconds != nil || cell.transport == "long-polling" {
            // A poll has a deadline, and receives nothing in between.
            policy.livenessTimeout = nil
        }
        return policy
    }

    /// The time from an attempt to its acceptance; nil for the policy's own.
    private var connectSeconds: Double? { heartbeat.map { min(10, max(0.5, 5 * $0)) } }

    /// A long poll without news is answered when a stream would send a heartbeat.
    var longPollSeconds: Double? { heartbeat.map { max(1, $0.rounded(.up)) } }

    /// The time until the server cuts off a reader that takes nothing, or a peer that does not answer.
    var stalledReaderSeconds: Double? { heartbeat.map { max(1, Self.missedHeartbeats * $0) } }

    /// The time by which such a peer should certainly be gone: one heartbeat until something is sent, the server's
    /// patience, and the same again for a busy machine.
    var cutSeconds: Double? { heartbeat.flatMap { beat in stalledReaderSeconds.map { beat + 2 * $0 } } }
}
