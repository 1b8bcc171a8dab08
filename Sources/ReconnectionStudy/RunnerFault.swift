public import ExperimentModel
import ExperimentRunner

/// A real thing that goes wrong, which the runner makes happen to the processes of a trial: a file under `Faults/`, and a
/// line in `Catalog/RunnerFaults.swift`.
public protocol RunnerFault: Sendable {
    static var profile: FaultProfile { get }

    init(_ parameters: FaultParameters)

    /// Why it cannot be made to happen on this machine; nil where it can.
    static var rejection: String? { get }

    /// Whether the server is what fails: it then notices nothing.
    static var failsServer: Bool { get }

    /// Whether it may last to the end of a trial: sessions that cannot come back would not tell anything.
    static var mayStay: Bool { get }

    /// How many of so many sessions it touches. The others stand by, and tell what it does to them.
    func affectedSessions(of sessions: Int) -> Int

    func begin(_ stage: FaultStage) async throws
    /// Repairs it.
    func end(_ stage: FaultStage) async throws
}

extension RunnerFault {
    public static var rejection: String? { nil }
    public static var failsServer: Bool { false }
    public static var mayStay: Bool { !profile.lasts }
    public func affectedSessions(of sessions: Int) -> Int { sessions }
    public func end(_ stage: FaultStage) async throws {}
}

/// What a fault of the runner's can lay hands on. It lives as long as the trial's processes.
public struct FaultStage {
    let server: ServerProcess
    let sessions: SessionsProcess
    /// Where the sessions connect.
    let port: Int
    /// How many sessions the trial is about.
    let peers: Int
}
