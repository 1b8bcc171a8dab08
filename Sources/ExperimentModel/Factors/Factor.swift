/// A dimension in which cells differ, with everything that is known of it in one place.
///
/// The table is `Factor.all`. Crossing, selecting, ids, labels and a server's arguments all use it.
public struct Factor: Sendable {
    typealias Decode =
        @Sendable (StrictNode, ExperimentDecoder) throws(ExperimentFileError) -> FactorLevel

    /// Its key in experiment files.
    public let key: String
    /// Its place in a cell's id.
    let idPlace: Int
    /// Its position among the factors that are crossed. Later factors change faster.
    let crossPlace: Int
    /// The levels where a file gives none; if empty, cells then have no level.
    let usual: [FactorLevel]
    /// The studies that vary it.
    let studies: Set<Experiment.Study>
    /// The level of all cells in the other studies; nil where those cells have none.
    let elsewhere: FactorLevel?
    /// Whether it belongs to the transport, so that its levels are compared as transports are.
    public let isOfTransport: Bool
    let decode: Decode
    /// A cell's level; nil where it has none.
    let level: @Sendable (Cell) -> FactorLevel?
    /// Sets a cell's level. A level of another kind is ignored.
    let set: @Sendable (inout Cell, FactorLevel) -> Void
    /// The part of a cell's id; nil for the usual level, so that ids stay the same when experiments gain a factor.
    let idPart: @Sendable (Cell) -> String?
    private let words: @Sendable (Cell) -> String?
    private let serve: @Sendable (Cell) -> [String]

    /// - Parameters:
    ///   - studies: the studies that vary it; nil for all.
    ///   - words: the level in reports.
    ///   - serve: the arguments of `tandem serve` for the level.
    init(
        _ key: String, idPlace: Int = .max, crossPlace: Int = .max, usual: [FactorLevel] = [],
        studies: Set<Experiment.Study>? = nil, elsewhere: FactorLevel? = nil, isOfTransport: Bool = false,
        decode: @escaping Decode,
        level: @escaping @Sendable (Cell) -> FactorLevel?,
        set: @escaping @Sendable (inout Cell, FactorLevel) -> Void,
        idPart: @escaping @Sendable (Cell) -> String?, words: @escaping @Sendable (Cell) -> String?,
        serve: @escaping @Sendable (Cell) -> [String] = { _ in [] }
    ) {
        self.key = key
        self.idPlace = idPlace
        self.crossPlace = crossPlace
        self.usual = usual
        self.studies = studies ?? Set(Experiment.Study.allCases)
        self.elsewhere = elsewhere
        self.isOfTransport = isOfTransport
        self.decode = decode
        self.level = level
        self.set = set
        self.idPart = idPart
        self.words = words
        self.serve = serve
    }

    /// A cell's level of each factor that it has one of.
    public static func levels(of cell: Cell) -> [Factor: FactorLevel] {
        all.reduce(into: [:]) { levels, factor in levels[factor] = factor.level(cell) }
    }

    /// Whether an experiment file need not name the cell's level.
    public func isUsual(in cell: Cell) -> Bool { level(cell).map(usual.contains) ?? true }

    /// A cell's level in words; nil where it has none.
    public func text(_ cell: Cell) -> String? { words(cell) }

    /// The levels that are crossed where a file gives none.
    func usual(in study: Experiment.Study) -> [FactorLevel] {
        guard !usual.isEmpty, !studies.contains(study) else { return usual }
        return elsewhere.map { [$0] } ?? []
    }

    /// The arguments of `tandem serve` for a cell.
    package func arguments(_ cell: Cell) -> [String] { serve(cell) }
}

extension Factor: Hashable {
    public static func == (one: Self, other: Self) -> Bool { one.key == other.key }
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

/// A level of a factor.
public enum FactorLevel: Hashable, Sendable {
    case text(String)
    case flag(Bool)
    case number(Double)
    case heartbeat(Cell.Heartbeat)
    case fault(FaultPlan)
    /// No limit.
    case off

    public var text: String? { if case .text(let text) = self { text } else { nil } }
    public var number: Double? { if case .number(let number) = self { number } else { nil } }
    public var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
}

extension FactorLevel: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral,
    ExpressibleByIntegerLiteral
{
    public init(stringLiteral text: String) { self = .text(text) }
    public init(booleanLiteral flag: Bool) { self = .flag(flag) }
    public init(floatLiteral number: Double) { self = .number(number) }
    public init(integerLiteral number: Int) { self = .number(Double(number)) }
}
