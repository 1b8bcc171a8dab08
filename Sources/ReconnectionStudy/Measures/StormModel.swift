import ExperimentModel
import Simulation

/// The simulation of a measured storm, where the simulation supports its form.
enum StormModel {
    /// The round trip over loopback. A storm takes seconds, so the exact value does not matter.
    private static let roundTripSeconds = 0.0001
    /// The backlog of the server's listeners, which is also the kernel's limit (`net.core.somaxconn`).
    private static let queue = 4096

    /// Nil where the simulation does not support the storm.
    static func curve(_ question: StormQuestion) -> StormCurve? {
        var parameters = StormParameters(
            sessions: question.sessions, policy: question.client, acceptRate: question.acceptRate, queue: queue)
        parameters.rateLimit = question.rateLimit
        parameters.roundTripSeconds = roundTripSeconds
        parameters.retryMilliseconds = question.isEventStream ? 1_000 : nil
        parameters.seed = question.seed
        guard parameters.problem == nil else { return nil }
        let result = StormSimulation.run(parameters)
        return StormCurve(
            sessions: question.sessions, binSeconds: Double(result.curve.binMilliseconds) / 1e3,
            attempts: result.curve.attempts, refused: result.curve.refused, back: result.curve.back,
            secondsUntil50: result.secondsUntil50, secondsUntil90: result.secondsUntil90,
            secondsUntil99: result.secondsUntil99,
            secondsUntilAll: result.secondsUntilAll, stopped: result.stopped)
    }
}
