public import ExperimentModel

/// The analysis of studies of sessions (reconnection, storms, drains, proxies): everything that their report says,
/// computed once from the observations.
public struct SessionsAnalysis: Sendable {
    /// Normally one; several if observations of several runs were put together.
    public var studies: [Experiment.Study]
    public var recoveries: [RecoveryResult]
    public var storms: [StormResult]
    public var drains: [DrainResult]
    public var paths: [PathResult]
    public var goals: [Goal]
    /// Cells that cannot exist, could not be measured, or failed, by status, reason and the order of the cells.
    public var exclusions: [Exclusion]
    public var measuredSeconds: Double
    /// The purpose of each registered fault by its name.
    public var faultPurposes: [String: String]
    let naming: CellNaming

    static let all: [Experiment.Study] = [.reconnection, .storm, .drain, .proxies]

    /// Nil if the run is not a study of sessions.
    init?(
        _ observations: [Observation], study: Experiment.Study?, statistics: TrialStatistics, vocabulary: Vocabulary
    ) {
        let found = Self.all.filter { one in study == one || observations.contains { $0.study == one } }
        guard !found.isEmpty else { return nil }
        studies = found
        let cells = SessionOrder(vocabulary).sorted(unique(observations.map(\.cell)))
        naming = CellNaming(cells)
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
        exclusions = Self.exclusions(observations, cells)
        measuredSeconds = observations.reduce(0) { $0 + $1.measuredSeconds }
        goals = []
        goals = SessionGoals(analysis: self, vocabulary: vocabulary).all
    }

    private static func exclusions(_ observations: [Observation], _ order: [Cell]) -> [Exclusion] {
        let statuses: [Observation.Status] = [.failed, .invalid, .skipped]
        let places = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let found = Exclusion.all(observations) {
            $0.status == .failed && $0.study != nil
        } fault: {
            $0.study == nil ? "the line has no figures of a study of sessions" : nil
        }
        func rank(_ one: Exclusion) -> (Int, String, Int, Int) {
            (
                statuses.firstIndex(of: one.status) ?? statuses.count, one.reason, one.hasFigures ? 1 : 0,
                places[one.cell] ?? order.count
            )
        }
        return found.sorted { rank($0) < rank($1) }
    }
}

extension Observation {
    /// The study of sessions whose figures the observation has.
    fileprivate var study: Experiment.Study? {
        if reconnection != nil { return .reconnection }
        if storm != nil { return .storm }
        if drain != nil { return .drain }
        return path != nil ? .proxies : nil
    }
}
