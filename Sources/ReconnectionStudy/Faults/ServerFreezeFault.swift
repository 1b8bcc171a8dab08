public import ExperimentModel
import ExperimentRunner
import Glibc

/// Freezes the server with SIGSTOP and SIGCONT. The kernel continues to accept connections for it, up to the backlog.
public struct ServerFreezeFault: RunnerFault {
    public static let profile = FaultProfile(
        "server-freeze", purpose: "has the server stand still (SIGSTOP, SIGCONT)", executor: .runner)
    public static let failsServer = true

    public init(_ parameters: FaultParameters) {}

    public func begin(_ stage: FaultStage) async throws { stage.server.send(SIGSTOP) }
    public func end(_ stage: FaultStage) async throws { stage.server.send(SIGCONT) }
}
