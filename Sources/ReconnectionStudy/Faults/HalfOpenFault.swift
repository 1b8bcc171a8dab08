public import ExperimentModel
import Glibc
import LoadGeneration

/// Peers that are not there any more, without a word: the server's half of the connection stays open.
public struct HalfOpenFault: RunnerFault {
    public static let profile = FaultProfile(
        "half-open", purpose: "has some peers vanish without FIN or RST (TCP_REPAIR)",
        parameters: [.init("share", unit: "", default: 0.5, in: 0.001...1)], executor: .runner, lasts: false)

    public static var objection: String? {
        geteuid() == 0 ? nil : "to make sockets vanish (TCP_REPAIR) takes root, and this run has not got it"
    }

    private let share: Double

    public init(_ parameters: FaultParameters) { share = parameters["share"] }

    public func peers(of sessions: Int) -> Int { max(1, Int(Double(sessions) * share)) }

    public func begin(_ stage: FaultStage) async throws {
        let vanished = try await stage.sessions.command(SessionCommand(.vanish, sessions: stage.peers)).sessions ?? 0
        guard vanished > 0 else { throw SessionStudyError("no session had a socket that could vanish") }
    }
}
