import ExperimentModel
import TransportCore

/// The times of sessions that follow from a cell's heartbeat, so that a trial with a fast one need not last as long as life.
struct SessionTimings {
    private let cell: Cell

    init(_ cell: Cell) { self.cell = cell }

    private var heartbeat: Double? { cell.heartbeat.kind == .off ? nil : cell.heartbeat.seconds }

    /// Two heartbeats may be late or lost before a client gives its connection up.
    static let missedHeartbeats = 3.0

    /// The policy that the cell names, with liveness and deadlines that fit its heartbeat.
    ///
    /// - Throws: `SessionStudyError` where the cell names none.
    func policy() throws -> SessionPolicy {
        let recovery = cell.session?.recovery.flatMap { RecoveryStrategy(rawValue: $0) } ?? .replayOrSnapshot
        let name = cell.session?.client ?? "full-jitter"
        guard var policy = SessionPolicy.named(name, recovery: recovery) else {
            throw SessionStudyError("there is no client '\(name)'")
        }
        // A browser notices nothing by itself, and its deadlines are its own.
        guard policy.model == .fetch else { return policy }
        policy.livenessTimeout = heartbeat.map { .nanoseconds(Int64($0 * Self.missedHeartbeats * 1e9)) }
        if let connectSeconds { policy.connectTimeout = .nanoseconds(Int64(connectSeconds * 1e9)) }
        if cell.pollIntervalSeconds != nil || cell.transport == "long-polling" {
            // A poll has a deadline; there is nothing to hear in between.
            policy.livenessTimeout = nil
        }
        return policy
    }

    /// From the attempt to its acceptance; nil for the policy's own.
    private var connectSeconds: Double? { heartbeat.map { min(10, max(0.5, 5 * $0)) } }

    /// A long poll is answered without news where a stream would send a heartbeat.
    var longPollSeconds: Double? { heartbeat.map { max(1, $0.rounded(.up)) } }

    /// Until the server cuts a reader that takes nothing, or a peer that does not answer.
    var stalledReaderSeconds: Double? { heartbeat.map { max(1, Self.missedHeartbeats * $0) } }

    /// By when such a peer should be gone for sure: a heartbeat until something is sent, the server's patience, and as long again
    /// for a machine that is busy.
    var cutSeconds: Double? { heartbeat.flatMap { beat in stalledReaderSeconds.map { beat + 2 * $0 } } }
}
