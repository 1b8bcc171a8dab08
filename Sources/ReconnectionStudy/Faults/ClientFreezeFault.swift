public import ExperimentModel
import Glibc

/// Freezes the process of the sessions with SIGSTOP and SIGCONT, as a laptop sleeps or a browser freezes a tab.
public struct ClientFreezeFault: RunnerFault {
    public static let profile = FaultProfile(
        "client-freeze", purpose: "has the clients stand still (SIGSTOP, SIGCONT): a sleeping laptop", executor: .runner
    )

    public init(_ parameters: FaultParameters) {}

    public func begin(_ stage: FaultStage) async throws { kill(stage.sessions.pid, SIGSTOP) }
    public func end(_ stage: FaultStage) async throws { kill(stage.sessions.pid, SIGCONT) }
}
