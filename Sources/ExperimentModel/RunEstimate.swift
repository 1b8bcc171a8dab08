/// How long what remains of a run will take: what is expected of its trials, corrected by what those so far took.
public struct RunEstimate: Sendable {
    /// The expectation counts as much as trials of so many seconds: the first few must not overthrow it.
    private static let trust = 30.0

    /// Expected of all that has not begun, in seconds.
    private var ahead: Double
    /// Expected of what is under way.
    private var current: Double
    /// Expected of the trials that were carried out, and what they took.
    private var expected = 0.0
    private var spent = 0.0

    /// - Parameters:
    ///   - preparation: seconds expected of what is done before the first trial, and is under way.
    ///   - trials: seconds expected of all trials.
    public init(preparation: Double, trials: Double) {
        current = preparation
        ahead = trials
    }

    /// A trial begins of which so many seconds are expected.
    public mutating func begin(_ seconds: Double) {
        current = seconds
        ahead -= seconds
    }

    /// What was under way has ended.
    /// - Parameter seconds: what it took; nil where that says nothing of the others, as of a trial that was skipped.
    public mutating func end(after seconds: Double?) {
        if let seconds {
            expected += current
            spent += seconds
        }
        current = 0
    }

    /// Seconds that are left, so many after what is under way has begun.
    public func remaining(after seconds: Double) -> Double {
        let correction = (spent + Self.trust) / (expected + Self.trust)
        return max(0, current * correction - seconds) + max(0, ahead) * correction
    }
}
