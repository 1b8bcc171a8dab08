import ExperimentModel
import Simulation

/// A measured storm in the simulation, as far as the two have the same form.
enum StormModel {
    /// Over loopback; a storm lasts seconds.
    private static let roundTripSeconds = 0.0001
    /// Of the server's listeners, and the kernel's own bound (`net.core.somaxconn`).
    private static let queue = 4096

    /// Nil where the question is not one that the simulation takes.
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
