/// How long the rest of a run will take: what is expected of its trials, corrected by how long the previous ones
/// took.
public struct RunEstimate: Sendable {
    /// The expectation counts as much as trials of this many seconds, so that the first few do not change it much.
    private static let trust = 30.0

    /// The expected seconds of all that has not begun.
    private var ahead: Double
    /// The expected seconds of what is running.
    private var current: Double
    /// The expected and the actual seconds of the trials that have ended.
    private var expected = 0.0
    private var spent = 0.0

    /// - Parameters:
    ///   - preparation: the expected seconds of the work before the first trial, which is running.
    ///   - trials: the expected seconds of all trials.
    public init(preparation: Double, trials: Double) {
        current = preparation
        ahead = trials
    }

    /// A trial begins that is expected to take this many seconds.
    public mutating func begin(_ seconds: Double) {
        current = seconds
        ahead -= seconds
    }

    /// The running trial has ended.
    /// - Parameter seconds: how long it took; nil where that says nothing about the others, as for a trial that was
    ///   skipped.
    public mutating func end(after seconds: Double?) {
        if let seconds {
            expected += current
            spent += seconds
        }
        current = 0
    }

    /// The remaining seconds, when the running trial has been running for `seconds`.
    public func remaining(after seconds: Double) -> Double {
        let correction = (spent + Self.trust) / (expected + Self.trust)
        return max(0, current * correction - seconds) + max(0, ahead) * correction
    }
}
