public import ExperimentModel
import LoadGeneration

/// Readers that stop reading while their connections stay open.
public struct StalledReaderFault: RunnerFault {
    public static let profile = FaultProfile(
        "stalled-reader", purpose: "has some sessions stop to read",
        parameters: [.init("share", unit: "", default: 0.5, in: 0.001...1)], executor: .runner)

    public static let mayStay = true

    private let share: Double

    public init(_ parameters: FaultParameters) { share = parameters["share"] }

    public func affectedSessions(of sessions: Int) -> Int { max(1, Int(Double(sessions) * share)) }

    public func begin(_ stage: FaultStage) async throws {
        try await stage.sessions.command(SessionCommand(.stopReading, sessions: stage.peers))
    }

    public func end(_ stage: FaultStage) async throws {
        try await stage.sessions.command(SessionCommand(.read))
    }
}
