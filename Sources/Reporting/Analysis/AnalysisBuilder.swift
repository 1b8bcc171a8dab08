internal import ExperimentModel

/// Sorts the observations of a run into cells, conditions, floors and A/A pairs, and computes their figures.
struct AnalysisBuilder {
    private let folder: ResultFolder
    private let observations: [Observation]
    private let title: String?
    private let statistics: TrialStatistics
    private let vocabulary: Vocabulary

    init(_ folder: ResultFolder, options: ReportOptions) {
        self.folder = folder
        observations = Self.lastOfEachTrial(folder.observations)
        vocabulary = options.vocabulary
        title = options.title ?? folder.manifest?.title
        // With the run's own seed, the same observations give the same intervals on every machine.
        statistics = TrialStatistics(
            seed: observations.first?.seed ?? 0, resamples: options.resamples,
            margin: options.equivalenceMargin ?? folder.manifest?.equivalenceMargin ?? 0.1)
    }

    /// - Throws: `ReportError` if there are no observations.
    func build() throws(ReportError) -> Analysis {
        guard let first = observations.first else { throw .noObservations }
        let noise = noiseChecks()
        let groups = self.groups()
        let memory = MemoryAnalysis(observations, among: groups.map(\.condition), statistics)
        let starts = observations.map(\.startedAt).sorted()
        let primary = folder.manifest?.primary.map { PrimaryAnalysis($0, observations, seed: first.seed) }
        return Analysis(
            experiment: first.experiment,
            title: title ?? first.experiment,
            runs: unique(observations.map(\.run)),
            seeds: unique(observations.map(\.seed)),
            firstStart: starts.first ?? "",
            lastStart: starts.last ?? "",
            margin: statistics.margin,
            environment: folder.environment,
            pins: folder.manifest?.pins,
            completeness: Completeness(
                observations, planned: folder.manifest?.trials, tornLine: folder.tornLine,
                endedEarly: primary?.needsMoreBlocks == false),
            subjects: unique(groups.flatMap { $0.cells.map(\.subject) }).sorted(),
            groups: groups,
            hasMeasuredFloor: floors.contains { $0.status == .ok },
            contrasts: groups.flatMap { contrasts(in: $0, noise: noise) },
            noise: noise,
            exclusions: exclusions(),
            memory: memory.fits,
            footprints: memory.footprints,
            vocabulary: vocabulary,
            auth: AuthAnalysis(folder),
            sessions: SessionsAnalysis(
                observations, study: folder.manifest?.study, statistics: statistics, vocabulary: vocabulary),
            capacity: CapacityAnalysis(observations, study: folder.manifest?.study, statistics),
            primary: primary)
    }

    /// The last observation of each trial. A trial may have been repeated after a failure.
    private static func lastOfEachTrial(_ observations: [Observation]) -> [Observation] {
        struct Key: Hashable {
            var run: String
            var trial: Int
        }
        var places: [Key: Int] = [:]
        var kept: [Observation] = []
        for observation in observations {
            let key = Key(run: observation.run, trial: observation.trial)
            if let place = places[key] {
                kept[place] = observation
            } else {
                places[key] = kept.count
                kept.append(observation)
            }
        }
        return kept
    }

    // MARK: - Groups

    private func groups() -> [Group] {
        let measured = observations.filter { $0.cell.role == .measure && $0.cell.server != .floor }
        let floors = floors
        let byCondition = Dictionary(grouping: measured) { Condition($0.cell) }
        let conditions = byCondition.keys.sorted()
        return conditions.map { condition in
            Group(
                condition: condition,
                label: condition.label(among: conditions),
                cells: cells(byCondition[condition] ?? []),
                // Cells are compared with floors of the same number of loops, because more loops have a higher limit.
                floors: cells(
                    floors.filter {
                        $0.cell.load.name == condition.load.name && $0.cell.loops == condition.loops
                            && $0.cell.tls == condition.tls
                    }))
        }
    }

    private var floors: [Observation] {
        observations.filter { $0.cell.role == .floor || $0.cell.server == .floor }
    }

    private func cells(_ observations: [Observation]) -> [CellResult] {
        Dictionary(grouping: observations) { $0.cell.id }.values
            .map { cellResult($0) }
            .sorted { ($0.subject, $0.cell.id) < ($1.subject, $1.cell.id) }
    }

    private func cellResult(_ trials: [Observation]) -> CellResult {
        let cell = trials[0].cell
        let ok = trials.filter { $0.status == .ok }
        let corrected = ok.compactMap { $0.latency?.corrected }
        let uncorrected = ok.compactMap { $0.latency?.uncorrected }
        let percentiles = QuantileCurve.percentiles.map { $0 / 100 }
        let counts = trials.countsByStatus
        return CellResult(
            cell: cell,
            subject: Subject(cell),
            condition: Condition(cell),
            outcome: CellResult.Outcome(counts),
            trials: counts,
            reasons: unique(trials.filter { $0.status != .ok }.compactMap(\.reason)),
            figures: statistics.figures(of: ok),
            corrected: corrected.mergedAll,
            uncorrected: uncorrected.mergedAll,
            correctedCurve: statistics.curve(corrected, at: percentiles),
            uncorrectedCurve: statistics.curve(uncorrected, at: percentiles),
            band: statistics.curve(corrected, at: QuantileCurve.nines.map { QuantileCurve.quantile(ofNines: $0) }),
            ledger: ok.isEmpty ? nil : ok.compactMap(\.ledger).reduce(LedgerSummary(), +),
            loadBusyFraction: trials.compactMap { $0.quality?.loadBusyFraction }.max(),
            loadDemandFraction: trials.compactMap { $0.quality?.loadDemandFraction }.max(),
            loadProcessFraction: trials.compactMap { $0.quality?.loadProcessFraction }.max(),
            clientFloor: ok.compactMap { $0.quality?.clientFloorNanoseconds }.max(),
            publisherLateness: ok.compactMap { $0.quality?.pacerLatenessP99Nanoseconds }.max(),
            slowReaders: sum(ok.compactMap(\.slowReaders), +),
            heartbeats: sum(ok.compactMap { $0.resources?.traffic?.heartbeats }, +),
            drift: statistics.drift(of: ok))
    }

    // MARK: - Comparisons

    private func contrasts(in group: Group, noise: [NoiseCheck]) -> [PairComparison] {
        let measured = group.cells.filter { $0.outcome == .measured }
        let values = measured.map { blockValues($0.cell.id) }
        var contrasts: [PairComparison] = []
        for first in measured.indices {
            for second in measured.indices where second > first {
                for metric in Metric.compared {
                    guard
                        let comparison = statistics.compare(metric, values[second], against: values[first])
                    else { continue }
                    contrasts.append(
                        PairComparison(
                            condition: group.condition, metric: metric, subject: measured[second].subject,
                            reference: measured[first].subject, ratio: comparison.ratio,
                            interval: comparison.interval, blocks: comparison.blocks, verdict: comparison.verdict,
                            obstacle: comparison.obstacle,
                            isWithinNoise: isWithinNoise(comparison.ratio, metric, noise)))
                }
            }
        }
        return contrasts
    }

    private func isWithinNoise(_ ratio: Double?, _ metric: Metric, _ noise: [NoiseCheck]) -> Bool {
        guard let ratio, ratio > 0, ratio.isFinite else { return false }
        guard let factor = noise.filter({ $0.metric == metric }).compactMap(\.factor).max() else { return false }
        return max(ratio, 1 / ratio) <= factor
    }

    /// The `ok` trials of a cell by block.
    private func blockValues(_ id: String) -> [Int: [Observation]] {
        Dictionary(grouping: observations.filter { $0.cell.id == id && $0.status == .ok }, by: \.block)
    }

    private func noiseChecks() -> [NoiseCheck] {
        let halves = observations.filter { $0.cell.role == .aa && $0.status == .ok }
        let conditions = unique(observations.filter { $0.cell.server != .floor }.map { Condition($0.cell) })
        let pairs = Dictionary(grouping: halves) { $0.cell.baseID }
        return pairs.keys.sorted().flatMap { key -> [NoiseCheck] in
            let a = (pairs[key] ?? []).filter { $0.cell.arm == .a }
            let b = (pairs[key] ?? []).filter { $0.cell.arm == .b }
            guard let cell = a.first?.cell, !b.isEmpty else { return [] }
            let figuresA = statistics.figures(of: a)
            let figuresB = statistics.figures(of: b)
            return Metric.compared.compactMap { metric in
                guard let first = figuresA[metric], let second = figuresB[metric],
                    let comparison = statistics.compare(
                        metric, Dictionary(grouping: a, by: \.block),
                        against: Dictionary(grouping: b, by: \.block))
                else { return nil }
                let condition = Condition(cell)
                return NoiseCheck(
                    subject: Subject(cell), condition: condition, label: condition.label(among: conditions),
                    metric: metric, a: first, b: second, ratio: comparison.ratio, interval: comparison.interval,
                    blocks: comparison.blocks)
            }
        }
    }

    // MARK: - Findings

    private func exclusions() -> [Exclusion] {
        let found = Exclusion.all(observations)
        let order: [Observation.Status] = [.invalid, .failed, .skipped]
        return order.flatMap { status in
            found.filter { $0.status == status }.sorted { $0.cell.id < $1.cell.id }
        }
    }
}

/// Nil without a value.
private func sum<Value>(_ values: [Value], _ add: (Value, Value) -> Value) -> Value? {
    values.first.map { values.dropFirst().reduce($0, add) }
}

/// Each value once, in the order of first appearance.
func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen: Set<Value> = []
    return values.filter { seen.insert($0).inserted }
}

extension [LatencySummary] {
    fileprivate var mergedAll: LatencySummary? {
        guard let first else { return nil }
        return dropFirst().reduce(first) { $0.merged(with: $1) }
    }
}
