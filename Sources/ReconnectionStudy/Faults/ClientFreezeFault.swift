public import ExperimentModel
import Glibc

/// A laptop that sleeps, a tab that is frozen: SIGSTOP to the process of the sessions, then SIGCONT.
public struct ClientFreezeFault: RunnerFault {
    public static let profile = FaultProfile(
        "client-freeze", purpose: "has the clients stand still (SIGSTOP, SIGCONT): a sleeping laptop", executor: .runner
    )

    public init(_ parameters: FaultParameters) {}

    public func begin(_ stage: FaultStage) async throws { kill(stage.sessions.pid, SIGSTOP) }
    public func end(_ stage: FaultStage) async throws { kill(stage.sessions.pid, SIGCONT) }
}
