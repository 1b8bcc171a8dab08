public import ExperimentModel
import ExperimentRunner

/// A real fault, which the runner inflicts on the processes of a trial. It is a file in `Faults/`, and a line in
/// `Catalog/RunnerFaults.swift`.
public protocol RunnerFault: Sendable {
    static var profile: FaultProfile { get }

    init(_ parameters: FaultParameters)

    /// Why it is impossible on this machine; nil where it is possible.
    static var rejection: String? { get }

    /// Whether the server itself fails, so that it cannot notice anything.
    static var failsServer: Bool { get }

    /// Whether it may last to the end of a trial. Where sessions could not reconnect then, the trial would show
    /// nothing.
    static var mayStay: Bool { get }

    /// How many of the sessions the fault hits; the rest are controls.
    func affectedSessions(of sessions: Int) -> Int

    func begin(_ stage: FaultStage) async throws
    /// Ends the fault.
    func end(_ stage: FaultStage) async throws
}

extension RunnerFault {
    public static var rejection: String? { nil }
    public static var failsServer: Bool { false }
    public static var mayStay: Bool { !profile.lasts }
    public func affectedSessions(of sessions: Int) -> Int { sessions }
    public func end(_ stage: FaultStage) async throws {}
}

/// What a runner's fault can act on. It lives as long as the trial's processes.
public struct FaultStage {
    let server: ServerProcess
    let sessions: SessionsProcess
    /// The port that the sessions connect to.
    let port: Int
    /// How many sessions the fault hits.
    let peers: Int
}
