/// Levels for each factor: those that are crossed, or those that a cell must have one of.
public struct FactorLevels: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    private var levels: [Factor: [FactorLevel]] = [:]

    public init() {}

    public init(dictionaryLiteral levels: (Factor, [FactorLevel])...) {
        self.levels = Dictionary(levels, uniquingKeysWith: { _, last in last })
    }

    /// Nil where the factor is not named.
    public subscript(factor: Factor) -> [FactorLevel]? {
        get { levels[factor] }
        set { levels[factor] = newValue }
    }

    /// Those that are named.
    var factors: Set<Factor> { Set(levels.keys) }

    /// Whether a cell has one of the levels for every factor that is named. Where the cell has no level for a factor,
    /// nothing matches.
    public func matches(_ cell: Cell) -> Bool {
        levels.allSatisfy { factor, levels in factor.level(cell).map(levels.contains) ?? false }
    }
}
