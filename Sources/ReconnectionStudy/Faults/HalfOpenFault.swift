public import ExperimentModel
import LoadGeneration

/// Removes peers as if their host had vanished. The server's half of the connection stays open, and nothing that is
/// sent on it is acknowledged, until the server gives it up. The sessions reconnect as from another network.
public struct HalfOpenFault: RunnerFault {
    public static let profile = FaultProfile(
        "half-open", purpose: "has the host of some peers vanish: no FIN, no RST, no acknowledgement",
        parameters: [.init("share", unit: "", default: 0.5, in: 0.001...1)], executor: .runner, lasts: false)

    private let share: Double

    public init(_ parameters: FaultParameters) { share = parameters["share"] }

    public func affectedSessions(of sessions: Int) -> Int { max(1, Int(Double(sessions) * share)) }

    public func begin(_ stage: FaultStage) async throws {
        let vanished = try await stage.sessions.command(SessionCommand(.vanish, sessions: stage.peers)).sessions ?? 0
        guard vanished > 0 else { throw SessionStudyError("no session had a socket that could vanish") }
    }
}
