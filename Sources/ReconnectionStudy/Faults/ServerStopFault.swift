public import ExperimentModel
import ExperimentRunner
import Glibc

/// Replaces the server in good order: SIGTERM, on which it drains, and a start once it has ended and the time is
/// over.
public struct ServerStopFault: RunnerFault {
    public static let profile = FaultProfile(
        "server-stop", purpose: "stops the server in good order (SIGTERM), and starts it again", executor: .runner)
    public static let failsServer = true

    public init(_ parameters: FaultParameters) {}

    public func begin(_ stage: FaultStage) async throws { stage.server.send(SIGTERM) }

    public func end(_ stage: FaultStage) async throws {
        // The drain is bounded, and the bound is short here.
        guard try await stage.server.ended(within: .seconds(15)) != nil else {
            throw SessionStudyError("the server did not end within 15 s of SIGTERM")
        }
        try await stage.server.start()
    }
}
