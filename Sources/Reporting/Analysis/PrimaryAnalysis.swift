internal import Clocks
public import ExperimentModel
internal import Glibc
public import Measurement

/// The primary comparisons of a run at its latest look. They pool the conditions: each block gives one ratio for each
/// condition, and the test needs no more than that the order within a block was drawn at random.
public struct PrimaryAnalysis: Sendable {
    public struct Result: Sendable {
        public let metric: Metric
        public let criterion: PrimaryPlan.Criterion
        /// The geometric mean of the ratios; below 1 the subject's figure is lower.
        public let ratio: Double
        /// The ratios that are not ruled out, at the level of the look; nil where there are too few pairs for it.
        public let interval: ClosedRange<Double>?
        public let comparison: SequentialComparison
        /// A ratio of at most this, or of at least its reciprocal, does not matter.
        public let margin: Double
        /// Pairs with a figure that allows no ratio. With any of them nothing is decided.
        public let unusable: Int

        public var isDecided: Bool { unusable == 0 && comparison.isDecided }

        /// The smallest ratio that the run would have found nine times in ten; nil with fewer than two pairs.
        public var detectable: Double? {
            comparison.design()?.detectable(pairs: comparison.pairs).map(exp)
        }
    }

    public let plan: PrimaryPlan
    /// Those that all pairs have.
    public let blocks: Int
    /// The last look that these blocks allow; nil before the first.
    public let look: Int?
    public let results: [Result]
    /// By the trials of the pairs' cells; nil without two that follow each other.
    let secondsPerBlock: Double?

    /// Whether each metric has its verdict.
    public var isDecided: Bool { results.count == plan.metrics.count && results.allSatisfy(\.isDecided) }

    /// Whether a further block can decide what is open. With a pair that allows no ratio none can.
    public var needsMoreBlocks: Bool {
        look == nil || results.count < plan.metrics.count || results.contains { !$0.isDecided && $0.unusable == 0 }
    }

    public init(_ plan: PrimaryPlan, _ observations: [Observation], seed: UInt64) {
        self.plan = plan
        let measured = observations.filter { $0.status == .ok && $0.cell.role == .measure }
        let byCell = Dictionary(grouping: measured) { $0.cell.id }.mapValues { Dictionary(grouping: $0, by: \.block) }
        let ended = Dictionary(grouping: observations) { $0.cell.id }.mapValues { Set($0.map(\.block)) }
        // A block counts when each of its trials has ended, however it did.
        let cells = plan.pairs.flatMap { [$0.cell, $0.against] }
        blocks =
            (1...max(plan.blocks, 1)).prefix { block in cells.allSatisfy { ended[$0]?.contains(block) == true } }
            .count
        secondsPerBlock = Self.secondsPerTrial(observations).map { $0 * Double(Set(cells).count) }
        let blocks = blocks
        let look = plan.looks.last { $0 <= blocks }
        self.look = look
        let spending = AlphaSpending(comparisons: max(plan.metrics.count, 1), looks: plan.looks)
        results = plan.metrics.enumerated().compactMap { index, criterion in
            guard let metric = Metric(rawValue: criterion.name) else { return nil }
            func result(_ blocks: Int) -> Result {
                func trials(_ cell: String) -> [Int: [Observation]] {
                    (byCell[cell] ?? [:]).filter { $0.key <= max(blocks, 1) }
                }
                let conditions = plan.pairs.map {
                    TrialStatistics.pairs(metric, trials($0.cell), against: trials($0.against))
                }
                // Another stream of random numbers than the one that has ordered the trials.
                return Result(
                    metric, criterion, conditions, level: spending.level(atBlocks: blocks),
                    seed: seed ^ 0x7072_696D_6172_7920 &+ UInt64(index))
            }
            // A metric keeps the verdict of the look that decided it, whatever later blocks show of it.
            let judged = plan.looks.lazy.filter { $0 <= blocks }.map(result)
            return judged.first(where: \.isDecided) ?? result(look ?? blocks)
        }
    }
}

extension PrimaryAnalysis {
    /// From the start of one trial to the start of the next, by the median of those of the last block.
    private static func secondsPerTrial(_ observations: [Observation]) -> Double? {
        let latest = observations.map(\.block).max()
        let last = observations.filter { $0.block == latest }
        let starts = last.compactMap { Timestamp.parse(Array($0.startedAt.utf8)) }.sorted()
        return Quantiles(zip(starts, starts.dropFirst()).map { (Double($1) - Double($0)) / 1e9 }).median
    }
}

extension PrimaryAnalysis.Result {
    fileprivate init(
        _ metric: Metric, _ criterion: PrimaryPlan.Criterion, _ conditions: [[Bootstrap.Pair]], level: Double,
        seed: UInt64
    ) {
        let pairs = conditions.flatMap { $0 }
        let usable = pairs.filter(\.hasRatio)
        let logarithms = usable.map { log($0.first) - log($0.second) }
        // Of the condition in which milliseconds are the smallest part: a difference that matters in none of them.
        let typical = conditions.compactMap { pairs -> Double? in
            Quantiles(pairs.filter(\.hasRatio).map { min($0.first, $0.second) }).median
        }.max()
        let absolute = typical.flatMap { typical in criterion.milliseconds.map { $0 * 1e6 / typical } }
        margin = 1 + max(criterion.margin, absolute ?? 0)
        comparison = SequentialComparison(logarithms, margin: log(margin), level: level, seed: seed)
        ratio = exp(comparison.estimate)
        interval = comparison.interval().map { exp($0.lowerBound)...exp($0.upperBound) }
        unusable = pairs.count - usable.count
        self.metric = metric
        self.criterion = criterion
    }
}
