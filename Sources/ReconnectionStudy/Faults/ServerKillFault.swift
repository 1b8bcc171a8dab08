public import ExperimentModel
import ExperimentRunner
import Glibc

/// Kills the server with SIGKILL, and starts it on the same port.
public struct ServerKillFault: RunnerFault {
    public static let profile = FaultProfile(
        "server-kill", purpose: "kills the server (SIGKILL), and starts it again", executor: .runner)
    public static let failsServer = true

    public init(_ parameters: FaultParameters) {}

    public func begin(_ stage: FaultStage) async throws { stage.server.send(SIGKILL) }

    public func end(_ stage: FaultStage) async throws {
        guard try await stage.server.ended(within: .seconds(5)) != nil else {
            throw SessionStudyError("the server did not end within 5 s of SIGKILL")
        }
        try await stage.server.start()
    }
}
