/// The levels to be crossed. Each list has no duplicates.
public struct Factors: Hashable, Sendable {
    public var transport: [TransportLevel]
    /// The levels of the other factors; where a factor is not named, its usual levels.
    public var levels: FactorLevels

    public init(transport: [TransportLevel], _ levels: FactorLevels = [:]) {
        self.transport = transport
        self.levels = levels
    }

    /// A transport, with its own levels for some factors. They replace the factors' levels.
    public struct TransportLevel: Hashable, Sendable {
        public var transport: String
        public var levels: FactorLevels

        public init(_ transport: String, _ levels: FactorLevels = [:]) {
            self.transport = transport
            self.levels = levels
        }
    }

    /// All combinations, in the order of the file.
    ///
    /// - Parameters:
    ///   - loads: every load that a level names; all loads are crossed where none is named.
    ///   - intervalTransports: the transports that have a poll interval as a level.
    func crossed(
        in study: Experiment.Study, over loads: [LoadProfile], intervalTransports: Set<String>
    ) -> [Cell] {
        let byName = Dictionary(loads.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let none = LoadProfile(name: "", connections: 0, orders: 0, updatesPerSecond: 0)
        return transport.flatMap { own in
            var cells = [Cell(transport: own.transport, load: none)]
            for factor in Factor.crossed where factor != .pollInterval || intervalTransports.contains(own.transport) {
                let named = own.levels[factor] ?? levels[factor]
                let crossed = named ?? (factor == .load ? loads.map { .text($0.name) } : factor.usual(in: study))
                guard !crossed.isEmpty else { continue }
                cells = cells.flatMap { cell in
                    crossed.map { level in
                        var other = cell
                        factor.set(&other, level)
                        return other
                    }
                }
            }
            return cells.compactMap { cell -> Cell? in
                guard let load = byName[cell.load.name] else { return nil }
                var cell = cell
                cell.load = load
                cell.nameByLevels()
                return cell
            }
        }
    }
}
