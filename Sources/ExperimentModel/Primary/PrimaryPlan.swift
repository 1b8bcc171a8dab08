/// What an experiment is asked first, and when: blocks are added until each of these comparisons has a verdict.
///
/// `run.json` has it, so that a report needs nothing but the folder.
public struct PrimaryPlan: Codable, Hashable, Sendable {
    /// Each pair has one condition. The comparisons pool them.
    public var pairs: [Pair]
    /// Each is a comparison.
    public var metrics: [Criterion]
    /// The numbers of blocks after which the data are looked at, ascending. The last ends the run.
    public var looks: [Int]

    /// Two cells, by their ids. The figure of the first is divided by that of the second.
    public struct Pair: Codable, Hashable, Sendable {
        public var cell: String
        public var against: String

        public init(cell: String, against: String) {
            self.cell = cell
            self.against = against
        }
    }

    /// A metric, and the difference up to which it does not matter to a person or a bill.
    public struct Criterion: Codable, Hashable, Sendable {
        /// By the name that `Metric` of the reports has.
        public var name: String
        /// A fraction of the lower figure: 0.2 for a fifth.
        public var margin: Double
        /// Nil for metrics that are no times, and where only the fraction counts. The larger of the two is the margin.
        public var milliseconds: Double?

        public init(_ name: String, margin: Double, milliseconds: Double? = nil) {
            self.name = name
            self.margin = margin
            self.milliseconds = milliseconds
        }
    }

    public init(pairs: [Pair], metrics: [Criterion], looks: [Int]) {
        self.pairs = pairs
        self.metrics = metrics
        self.looks = looks
    }

    /// The number of blocks of a run that never reaches a verdict.
    public var blocks: Int { looks.last ?? 0 }

    public func contains(_ cell: Cell) -> Bool {
        cell.role == .measure && pairs.contains { $0.cell == cell.id || $0.against == cell.id }
    }
}
