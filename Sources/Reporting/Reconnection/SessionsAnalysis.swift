public import ExperimentModel

/// All that a report on sessions says (reconnection, storms, drains, proxies), computed once from the lines of a run.
public struct SessionsAnalysis: Sendable {
    /// Normally one; several where lines of several runs were put together.
    public var studies: [Experiment.Study]
    public var recoveries: [RecoveryResult]
    public var storms: [StormResult]
    public var drains: [DrainResult]
    public var paths: [PathResult]
    public var goals: [Goal]
    /// Cells that cannot exist, could not be measured, or failed.
    public var gaps: [Gap]
    public var measuredSeconds: Double
    /// What the registered faults do, by their names.
    public var faultPurposes: [String: String]
    let naming: SessionNaming

    public struct Gap: Sendable, Hashable {
        public var status: Observation.Status
        public var reason: String
        /// Whether the trials were measured to their end, and failed for what was measured: a ledger that is not clean. Their
        /// figures count, or a gate would be met by those that break it.
        public var hasFigures: Bool
        public var cells: [Cell]
    }

    static let all: [Experiment.Study] = [.reconnection, .storm, .drain, .proxies]

    /// Nil where the run is no study of sessions.
    init?(
        _ observations: [Observation], study: Experiment.Study?, statistics: TrialStatistics, vocabulary: Vocabulary
    ) {
        let found = Self.all.filter { one in study == one || observations.contains { $0.study == one } }
        guard !found.isEmpty else { return nil }
        studies = found
        let cells = SessionOrder(vocabulary).sorted(unique(observations.map(\.cell)))
        naming = SessionNaming(cells)
        faultPurposes = Dictionary(
            vocabulary.faults.map { ($0.name, $0.purpose) }, uniquingKeysWith: { first, _ in first })
        let measured = Dictionary(
            grouping: observations.filter { $0.status == .ok || $0.status == .failed }, by: \.cell)
        func results<Summary, Result>(
            _ part: (Observation) -> Summary?, _ result: (Cell, [Summary], TrialStatistics) -> Result?
        ) -> [Result] {
            cells.compactMap { cell in
                let trials = (measured[cell] ?? []).compactMap(part)
                return trials.isEmpty ? nil : result(cell, trials, statistics)
            }
        }
        recoveries = results(\.reconnection, RecoveryResult.init)
        storms = results(\.storm, StormResult.init)
        drains = results(\.drain, DrainResult.init)
        paths = results(\.path, PathResult.init)
        gaps = Self.gaps(observations, cells)
        measuredSeconds = observations.reduce(0) { $0 + $1.measuredSeconds }
        goals = []
        goals = SessionGoals(analysis: self, vocabulary: vocabulary).all
    }

    /// By reason: what holds for a hundred cells is said once.
    private static func gaps(_ observations: [Observation], _ order: [Cell]) -> [Gap] {
        struct Key: Hashable {
            var status: Observation.Status
            var reason: String
            var hasFigures = false
        }
        var cells: [Key: Set<Cell>] = [:]
        for observation in observations where observation.status != .ok || observation.study == nil {
            let key =
                observation.status == .ok
                ? Key(status: .invalid, reason: "the line has no figures of a study of sessions")
                : Key(
                    status: observation.status, reason: observation.reason ?? "no reason was given",
                    hasFigures: observation.status == .failed && observation.study != nil)
            cells[key, default: []].insert(observation.cell)
        }
        let statuses: [Observation.Status] = [.failed, .invalid, .skipped]
        return cells.map { key, cells in
            Gap(status: key.status, reason: key.reason, hasFigures: key.hasFigures, cells: order.filter(cells.contains))
        }.sorted { one, other in
            let places = [one, other].map { statuses.firstIndex(of: $0.status) ?? statuses.count }
            return (places[0], one.reason) < (places[1], other.reason)
        }
    }
}

extension Observation {
    /// The study of sessions that the line has figures of.
    fileprivate var study: Experiment.Study? {
        if reconnection != nil { return .reconnection }
        if storm != nil { return .storm }
        if drain != nil { return .drain }
        return path != nil ? .proxies : nil
    }
}
