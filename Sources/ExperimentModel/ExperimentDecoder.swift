import Yams

/// The parts of an experiment file below its top level.
struct ExperimentDecoder {
    let vocabulary: Vocabulary
    /// The names of the loads in the file.
    let loads: [String]
    /// The fault plans in the file.
    let faults: [FaultPlan]

    static let factorKeys = Factor.all.map(\.key)
    private static let loadKeys = ["connections", "orders", "updatesPerSecond", "burst", "slowReaders", "connectRate"]

    // MARK: Loads

    static func loads(_ node: StrictNode) throws(ExperimentFileError) -> [LoadProfile] {
        var loads: [LoadProfile] = []
        for (name, key, value) in try StrictMapping(node, keys: nil).entries {
            try StrictNode.checkIdentifier(name, at: key)
            loads.append(try load(value, name: name))
        }
        guard !loads.isEmpty else { throw node.failure(.missingKey, "'loads' defines no load") }
        return loads
    }

    private static func load(_ node: StrictNode, name: String) throws(ExperimentFileError) -> LoadProfile {
        let fields = try node.mapping(keys: loadKeys)
        let connections = try fields.required("connections").integer(1...10_000_000)
        let orders = try fields.required("orders")
        let count = try orders.integer(1...10_000_000)
        guard count <= connections else {
            throw orders.failure(
                .contradiction,
                "load '\(name)' has \(count) orders for \(connections) connections, each of which watches one: orders "
                    + "that nobody watches would be published and not delivered")
        }
        return LoadProfile(
            name: name, connections: connections, orders: count,
            updatesPerSecond: try fields.required("updatesPerSecond").number(0...10_000_000),
            burst: try fields.integer("burst", 1...10_000) ?? 1,
            slowReaders: try fields.integer("slowReaders", 0...connections - 1) ?? 0,
            connectRate: try fields.number("connectRate", 1...1_000_000))
    }

    // MARK: Factors

    func factors(_ node: StrictNode) throws(ExperimentFileError) -> Factors {
        let fields = try node.mapping(keys: Self.factorKeys)
        let transports = try fields.required("transport")
        var levels: [Factors.TransportLevel] = []
        for element in try transports.oneOrMore() { levels.append(try transportLevel(element)) }
        return Factors(transport: levels, try self.levels(fields, but: .transport))
    }

    /// `sse`, or `{transport: sse, protocol: h2}`.
    private func transportLevel(_ node: StrictNode) throws(ExperimentFileError) -> Factors.TransportLevel {
        guard case .mapping = node.node else {
            return Factors.TransportLevel(try node.name(among: vocabulary.transports))
        }
        let fields = try node.mapping(keys: Self.factorKeys)
        let transport = try fields.required("transport").name(among: vocabulary.transports)
        if let interval = fields["pollInterval"], !vocabulary.intervalTransports.contains(transport) {
            throw interval.failure(
                .contradiction, "'\(transport)' does not poll at an interval",
                valid: vocabulary.intervalTransports.sorted())
        }
        return Factors.TransportLevel(transport, try levels(fields, but: .transport))
    }

    func heartbeat(_ node: StrictNode) throws(ExperimentFileError) -> Cell.Heartbeat {
        let kinds = Cell.Heartbeat.Kind.allCases.map(\.rawValue)
        guard case .mapping = node.node else {
            let kind = Cell.Heartbeat.Kind(rawValue: try node.name(among: kinds)) ?? .off
            return Cell.Heartbeat(kind: kind, seconds: Cell.Heartbeat.standard.seconds)
        }
        let fields = try node.mapping(keys: ["kind", "seconds"])
        let kind = Cell.Heartbeat.Kind(rawValue: try fields.required("kind").name(among: kinds)) ?? .off
        return Cell.Heartbeat(
            kind: kind, seconds: try fields.number("seconds", 0.1...3_600) ?? Cell.Heartbeat.standard.seconds)
    }

    // MARK: Selections

    /// Decodes `exclude` and `overrides`. A selection that matches no cell is an error.
    func selections(_ fields: StrictMapping, of experiment: inout Experiment) throws(ExperimentFileError) {
        let all = experiment.crossed
        for node in try fields["exclude"]?.list() ?? [] {
            experiment.exclude.append(try selection(node, among: all))
        }
        for node in try fields["overrides"]?.list() ?? [] {
            let own = try node.mapping(keys: ["when", "warmupSeconds", "measureSeconds", "repetitions"])
            let when = try own.required("when")
            let selection = try selection(when, among: all)
            experiment.overrides.append(
                TrialOverride(
                    when: selection, warmupSeconds: try own.number("warmupSeconds", 0...3_600),
                    measureSeconds: try own.number("measureSeconds", 0.1...86_400),
                    repetitions: try own.integer("repetitions", 1...experiment.repetitions)))
        }
    }

    /// Levels of which some cell has one each.
    func selection(_ node: StrictNode, among cells: [Cell]) throws(ExperimentFileError) -> FactorLevels {
        let selection = try levels(try node.mapping(keys: Self.factorKeys))
        guard cells.contains(where: selection.matches) else {
            throw node.failure(.contradiction, "'\(node.key)' matches no cell of this experiment")
        }
        return selection
    }

    /// The levels of every factor that is named. Each is one value or a list.
    private func levels(
        _ fields: StrictMapping, but left: Factor? = nil
    ) throws(ExperimentFileError) -> FactorLevels {
        var levels = FactorLevels()
        for factor in Factor.all where factor != left {
            levels[factor] = try fields.values(factor.key) { node throws(ExperimentFileError) in
                try factor.decode(node, self)
            }
        }
        return levels
    }

    // MARK: Syntax

    static func syntaxError(_ error: any Error, file: String) -> ExperimentFileError {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ExperimentFileError(.syntax, "not YAML: \(problem)", file: file, line: mark.line, column: mark.column)
        case .duplicatedKeysInMapping(let names, let context):
            ExperimentFileError(
                .syntax, "the key '\(names.first ?? "")' occurs twice", file: file, line: context.mark.line,
                column: context.mark.column)
        case .reader(let problem, _, _, _):
            ExperimentFileError(.syntax, "not YAML: \(problem)", file: file)
        default:
            ExperimentFileError(.syntax, "not YAML: \(error)", file: file)
        }
    }
}
