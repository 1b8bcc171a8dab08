public import ExperimentModel

/// Trials of a cell that give no figure, or that failed for what they measured, and why: what a transport cannot do is a finding.
public struct Exclusion: Sendable, Hashable {
    public var cell: Cell
    public var status: Observation.Status
    /// As the run recorded it.
    public var reason: String
    /// Whether the trials were measured to their end, and failed for what was measured: a ledger that is not clean. Their figures
    /// count, or a gate would be met by those that break it.
    public var hasFigures: Bool
    public var trials: Int

    /// In the order of first appearance.
    ///
    /// - Parameter fault: why a trial without a reason of its own gives no figure; nil where it does.
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
    /// Those that could not be measured, and say why.
    var unmeasured: [Exclusion] { filter { $0.status != .skipped && !$0.hasFigures } }

    /// What holds for a hundred cells is said once: neighbours of one status and reason.
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
