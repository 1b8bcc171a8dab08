internal import ExperimentModel
internal import Measurement

/// Memory and descriptors by number of connections, from the trials that recorded them.
struct MemoryAnalysis {
    private let statistics: TrialStatistics
    private let series: [(key: Key, trials: [Observation])]

    private struct Key: Hashable {
        var subject: Subject
        var factors: String
    }

    init(_ observations: [Observation], among conditions: [Condition], _ statistics: TrialStatistics) {
        self.statistics = statistics
        let held = observations.filter {
            $0.status == .ok && $0.cell.role == .measure && $0.cell.server != .floor && $0.serverMemoryGrowth != nil
        }
        series = Dictionary(grouping: held) {
            Key(subject: Subject($0.cell), factors: Condition($0.cell).factorLabel(among: conditions))
        }
        .sorted { ($0.key.subject, $0.key.factors) < ($1.key.subject, $1.key.factors) }
        .map { ($0.key, $0.value) }
    }

    var fits: [MemoryFit] {
        series.map { key, trials in
            statistics.memoryFit(key.subject, key.factors, points(trials) { $0.serverMemoryGrowth })
        }
    }

    var footprints: [Footprint] {
        series.map { key, trials in
            let populations = Set(trials.map(\.cell.load.connections)).sorted()
            let largest = trials.filter { $0.cell.load.connections == populations.last }
            func descriptors(_ memory: KeyPath<ProcessResources, ProcessResources.Memory?>) -> Int? {
                let counts = largest.compactMap { $0.resources?.server?[keyPath: memory]?.descriptors }.map(Double.init)
                return Quantiles(counts).median.map { Int($0.rounded()) }
            }
            return Footprint(
                subject: key.subject, factors: key.factors, populations: populations, trials: trials.count,
                user: perConnection(trials) { $0.serverMemoryGrowth },
                kernel: perConnection(trials) { $0.kernelMemoryGrowth },
                load: perConnection(trials) { $0.loadMemoryGrowth },
                descriptors: .init(
                    before: descriptors(\.before), held: descriptors(\.held), after: descriptors(\.after)),
                notReturned: statistics.median(of: largest.compactMap(\.serverMemoryKept)))
        }
    }

    /// The slope over several populations. If there is only one, the quotient of bytes and connections.
    private func perConnection(_ trials: [Observation], _ bytes: (Observation) -> Double?) -> Estimate? {
        let points = points(trials, bytes)
        if let fit = statistics.fit(points) {
            return Estimate(
                value: fit.slope.estimate, interval: fit.slope.lower...fit.slope.upper, trials: points.count)
        }
        guard Set(points.map(\.connections)).count == 1 else { return nil }
        return statistics.median(of: points.map { $0.bytes / Double(max($0.connections, 1)) })
    }

    private func points(_ trials: [Observation], _ bytes: (Observation) -> Double?) -> [MemoryFit.Point] {
        trials.compactMap { trial in
            bytes(trial).map { MemoryFit.Point(connections: trial.cell.load.connections, bytes: $0) }
        }
    }
}
