public import ExperimentModel

/// Trials of a cell that are not `ok`, and why. What a transport cannot do is a finding.
public struct Exclusion: Sendable, Hashable {
    public var cell: Cell
    public var status: Observation.Status
    /// As the run recorded it.
    public var reason: String
    /// Whether the trials ran to their end and failed by what they measured, such as a ledger that is not clean. Their
    /// figures count: otherwise a gate would be met by leaving out the trials that break it.
    public var hasFigures: Bool
    public var trials: Int

    /// One exclusion for each cell, status and reason, in the order of first appearance.
    ///
    /// - Parameter fault: why an `ok` trial, or one without a reason of its own, gives no figure; nil if it gives one.
    static func all(
        _ observations: [Observation], hasFigures: (Observation) -> Bool = { _ in false },
        fault: (Observation) -> String? = { _ in nil }
    ) -> [Self] {
        var found: [Self] = []
        var places: [Self: Int] = [:]
        for observation in observations {
            let fault = fault(observation)
            guard observation.status != .ok || fault != nil else { continue }
            let key = Self(
                cell: observation.cell, status: observation.status == .ok ? .invalid : observation.status,
                reason: observation.reason ?? fault ?? "no reason was recorded",
                hasFigures: hasFigures(observation), trials: 0)
            if let place = places[key] {
                found[place].trials += 1
            } else {
                places[key] = found.count
                var first = key
                first.trials = 1
                found.append(first)
            }
        }
        return found
    }
}

extension [Exclusion] {
    /// The exclusions of trials that failed or were invalid, and give no figure.
    var unmeasured: [Exclusion] { filter { $0.status != .skipped && !$0.hasFigures } }

    /// Groups of neighbours with the same status and reason, so that a report states a reason once for all its cells.
    package var byReason: [[Exclusion]] {
        reduce(into: []) { groups, one in
            if let last = groups.last?.last, last.status == one.status, last.reason == one.reason,
                last.hasFigures == one.hasFigures
            {
                groups[groups.count - 1].append(one)
            } else {
                groups.append([one])
            }
        }
    }
}
