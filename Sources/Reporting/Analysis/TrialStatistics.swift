internal import ExperimentModel
internal import Measurement

/// The statistics of a report. It chooses the samples for the procedures of `Measurement`.
struct TrialStatistics {
    let bootstrap: Bootstrap
    let margin: Double

    init(seed: UInt64, resamples: Int, margin: Double) {
        bootstrap = Bootstrap(resamples: resamples, seed: seed)
        self.margin = margin
    }

    // MARK: - Figures of a cell

    /// Every metric that the trials recorded.
    func figures(of trials: [Observation]) -> [Metric: Estimate] {
        var figures: [Metric: Estimate] = [:]
        var pools: [Metric.Distribution: PooledDistribution] = [:]
        for distribution in Metric.Distribution.allCases {
            let summaries = trials.compactMap { distribution.summary(of: $0) }
            if !summaries.isEmpty { pools[distribution] = PooledDistribution(summaries) }
        }
        for metric in Metric.allCases {
            if let quantile = metric.quantile {
                figures[metric] = pools[quantile.of].flatMap { self.quantile(quantile.at, of: $0) }
            } else {
                figures[metric] = median(of: trials.compactMap { metric.value(of: $0) })
            }
        }
        return figures
    }

    /// The quantiles over the deliveries of all trials; no points if there is no delivery.
    func curve(_ summaries: [LatencySummary], at quantiles: [Double]) -> QuantileCurve {
        let pool = PooledDistribution(summaries.filter { $0.count + $0.censored > 0 })
        guard pool.count > 0 else { return QuantileCurve(points: []) }
        return QuantileCurve(
            points: quantiles.compactMap { quantile in
                self.quantile(quantile, of: pool).map { QuantileCurve.Point(quantile: quantile, estimate: $0) }
            })
    }

    private func quantile(_ quantile: Double, of pool: PooledDistribution) -> Estimate? {
        let all = Array(0..<pool.trials)
        guard let value = pool.quantile(quantile, of: all) else { return nil }
        // The bootstrap drops values that are not finite. A resample whose quantile is among the censored values must
        // count, so it takes part as a number beyond all others.
        let never = 1e300
        let interval = bootstrap.interval(of: all) { chosen in
            pool.quantile(quantile, of: chosen).map { $0.isFinite ? $0 : never }
        }
        func restored(_ value: Double) -> Double { value >= never / 2 ? .infinity : value }
        return Estimate(
            value: value, interval: interval.map { restored($0.lower)...restored($0.upper) }, trials: pool.trials,
            values: pool.count)
    }

    /// The median of the finite values; nil if there is none. A quotient of two figures need not be finite.
    func median(of all: [Double]) -> Estimate? {
        let samples = all.filter(\.isFinite)
        guard let median = Quantiles(samples).median else { return nil }
        let interval = bootstrap.median(of: samples)
        return Estimate(value: median, interval: interval.map { $0.lower...$0.upper }, trials: samples.count)
    }

    // MARK: - Drift

    /// Nil if no trial was sampled within its window.
    ///
    /// The samples of one trial depend on each other, so they cannot tell how far its slope can be trusted. Only other
    /// trials can.
    func drift(of trials: [Observation]) -> Drift? {
        let sampled = trials.compactMap { trial in
            trial.samples.flatMap { $0.isEmpty ? nil : Drift.Trial(block: trial.block, samples: $0) }
        }.sorted { $0.block < $1.block }
        guard !sampled.isEmpty else { return nil }
        func slope(_ value: (WindowSample) -> Int64?) -> Estimate? {
            median(
                of: sampled.compactMap { trial in
                    let points = trial.samples.compactMap { sample in
                        value(sample).map { LinearFit.Point(x: sample.seconds / 3_600, y: Double($0)) }
                    }
                    return LinearFit(points, by: bootstrap)?.slope.estimate
                })
        }
        return Drift(trials: sampled, memory: slope(\.serverRssBytes), latencyP99: slope(\.latencyP99))
    }

    // MARK: - Comparisons

    struct Outcome {
        var ratio: Double?
        var interval: ClosedRange<Double>?
        var blocks: Int
        var verdict: Verdict
        var obstacle: String?
    }

    /// Pairs the trials of two cells within their blocks; nil if either cell never recorded the metric.
    func compare(_ metric: Metric, _ subject: [Int: [Observation]], against reference: [Int: [Observation]]) -> Outcome?
    {
        let pairs = Self.pairs(metric, subject, against: reference)
        guard !pairs.isEmpty else {
            // Two measured cells always have a comparison, even if it only says why there is no ratio.
            let isObserved = [subject, reference].allSatisfy { trials in
                trials.values.contains { Self.mean(metric, $0) != nil }
            }
            guard isObserved else { return nil }
            return Outcome(
                ratio: nil, interval: nil, blocks: 0, verdict: .notEnoughData, obstacle: "they share no block")
        }
        let comparison = Comparison(pairs, margin: margin, by: bootstrap)
        var outcome = Outcome(
            ratio: comparison.ratio?.estimate, interval: comparison.ratio.map { $0.lower...$0.upper },
            blocks: pairs.count, verdict: comparison.verdict)
        if outcome.ratio == nil, pairs.count == 1, pairs[0].hasRatio {
            outcome.ratio = pairs[0].first / pairs[0].second
        }
        if comparison.verdict == .notEnoughData { outcome.obstacle = obstacle(comparison, blocks: pairs.count) }
        return outcome
    }

    /// The figures of the trials of two cells, a pair for each block in which both have one.
    static func pairs(
        _ metric: Metric, _ subject: [Int: [Observation]], against reference: [Int: [Observation]]
    ) -> [Bootstrap.Pair] {
        Set(subject.keys).intersection(reference.keys).sorted().compactMap { block in
            guard let first = mean(metric, subject[block]), let second = mean(metric, reference[block]) else {
                return nil
            }
            return Bootstrap.Pair(first, second)
        }
    }

    /// The mean over the trials of one block, normally one trial.
    private static func mean(_ metric: Metric, _ trials: [Observation]?) -> Double? {
        let values = (trials ?? []).compactMap { metric.value(of: $0) }
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    private func obstacle(_ comparison: Comparison, blocks: Int) -> String {
        if comparison.unusablePairs > 0 {
            return
                "in \(comparison.unusablePairs) of \(Decimals.count(blocks, "block")) the figure was not reached or is zero"
        }
        guard let ratio = comparison.ratio else {
            return "\(Decimals.count(blocks, "block")) cannot show how much the figures vary"
        }
        let ends = "\(Decimals.change(ratio.lower)) to \(Decimals.change(ratio.upper))"
        return "with \(Decimals.count(blocks, "block")) the interval is \(ends)"
    }

    // MARK: - Memory

    func memoryFit(_ subject: Subject, _ factors: String, _ points: [MemoryFit.Point]) -> MemoryFit {
        let fit = fit(points)
        return MemoryFit(
            subject: subject, factors: factors, points: points, slope: fit?.slope.estimate,
            slopeInterval: fit.map { $0.slope.lower...$0.slope.upper }, intercept: fit?.intercept)
    }

    /// Nil if there are fewer than three trials or only one population.
    func fit(_ points: [MemoryFit.Point]) -> LinearFit? {
        LinearFit(points.map { LinearFit.Point(x: Double($0.connections), y: $0.bytes) }, by: bootstrap)
    }
}
