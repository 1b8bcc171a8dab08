/// The progress of a run, counted over its whole folder, so that the numbers are the same before, during and after
/// its trials.
public struct RunCounts: Hashable, Sendable {
    /// Trials of the plan.
    public let planned: Int
    /// Trials of the plan that had an observation when the run began or was resumed.
    public let recorded: Int
    /// Trials that the filter matches, recorded or not.
    public let selected: Int
    /// Trials that the filter matches and that had no observation yet.
    public let remaining: Int

    public init(planned: Int, recorded: Int, selected: Int, remaining: Int) {
        self.planned = planned
        self.recorded = recorded
        self.selected = selected
        self.remaining = remaining
    }

    /// The number of a trial among the selected ones, counted from 1.
    ///
    /// - Parameter index: counted from 1 among those that remained.
    public func place(ofRemaining index: Int) -> Int { selected - remaining + index }

    /// What is about to run, in one line.
    ///
    /// - Parameters:
    ///   - filter: the filter of the command line; empty without one.
    ///   - expected: the expected duration of the remaining trials, in words.
    public func announcement(isResumed: Bool, filter: String, expected: String) -> String {
        let filter = filter.isEmpty ? "" : " (\(filter))"
        guard isResumed else {
            let count = remaining == planned ? Self.trials(planned) : "\(remaining) of \(Self.trials(planned))"
            return "\(count)\(filter), \(expected)"
        }
        guard recorded < planned else {
            let all = planned == 1 ? "the only trial is" : "all \(planned) trials are"
            return "\(all) recorded: nothing is left to run"
        }
        guard remaining > 0 else {
            let all = selected == 1 ? "the only trial\(filter) is" : "all \(selected) trials\(filter) are"
            return "\(all) recorded: nothing is left to run but what the filter leaves out"
        }
        let verb = recorded == 1 ? "is" : "are"
        return "\(recorded) of \(Self.trials(planned)) \(verb) recorded, \(remaining) to go\(filter), \(expected)"
    }

    /// `1 trial`, `2 trials`.
    public static func trials(_ count: Int) -> String { count == 1 ? "1 trial" : "\(count) trials" }
}
