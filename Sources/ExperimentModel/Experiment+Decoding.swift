import Yams

extension Experiment {
    static let keys = [
        "name", "title", "description", "study", "warmupSeconds", "measureSeconds", "sampleSeconds", "repetitions",
        "seed", "interleaving", "floor", "aaPair", "factors", "loads", "faults", "probes", "exclude", "overrides",
        "goals", "primary", "budgetSeconds", "equivalenceMargin", "maximumSeconds", "simulatedAcceptRate",
    ]

    /// Reads an experiment file.
    ///
    /// - Throws: `ExperimentFileError` for the first mistake.
    public static func load(
        _ path: String, vocabulary: Vocabulary
    ) throws(ExperimentFileError) -> Experiment {
        try decode(text(of: path), file: path, vocabulary: vocabulary)
    }

    /// The text of a file that a user names.
    package static func text(of path: String) throws(ExperimentFileError) -> String {
        let bytes: [UInt8]
        do {
            bytes = try DiskFile.read(path)
        } catch {
            throw ExperimentFileError(.unreadable, error.message, file: path)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ExperimentFileError(.unreadable, "the file is not UTF-8", file: path)
        }
        return text
    }

    /// - Parameter file: the name of the file in errors.
    public static func decode(
        _ yaml: String, file: String, vocabulary: Vocabulary
    ) throws(ExperimentFileError) -> Experiment {
        let root = StrictNode(node: try compose(yaml, file: file, keys), key: "the experiment", file: file)
        let fields = try root.mapping(keys: keys)
        let loads = try ExperimentDecoder.loads(try fields.required("loads"))
        let plans = try fields["faults"].map { node throws(ExperimentFileError) in
            try FaultPlanDecoder(vocabulary.faults).plans(node)
        }
        let decoder = ExperimentDecoder(vocabulary: vocabulary, loads: loads.map(\.name), faults: plans ?? [])
        let factors = try decoder.factors(try fields.required("factors"))
        let repetitions = try fields.integer("repetitions", 1...1_000) ?? 5
        var experiment = Experiment(
            name: try fields.required("name").identifier(), title: try fields.required("title").text(),
            factors: factors, loads: loads)
        experiment.intervalTransports = vocabulary.intervalTransports
        if let description = fields["description"] { experiment.description = try description.text() }
        if let seconds = try fields.number("warmupSeconds", 0...3_600) { experiment.warmupSeconds = seconds }
        if let seconds = try fields.number("measureSeconds", 0.1...86_400) { experiment.measureSeconds = seconds }
        if let seconds = try fields.number("sampleSeconds", 0.5...3_600) { experiment.sampleSeconds = seconds }
        experiment.repetitions = repetitions
        try decodeStudy(fields, vocabulary, into: &experiment)
        try checkFactors(of: experiment, fields)
        // Larger numbers are not exact in every reader of JSON.
        experiment.seed = try fields.integer("seed", 0...(1 << 53) - 1).map(UInt64.init)
        if let node = fields["interleaving"] {
            let name = try node.name(among: Interleaving.allCases.map(\.rawValue))
            experiment.interleaving = Interleaving(rawValue: name) ?? experiment.interleaving
        }
        if let margin = try fields.number("equivalenceMargin", 0.001...1) { experiment.equivalenceMargin = margin }
        if let rate = try fields.number("simulatedAcceptRate", 1...1_000_000) {
            guard experiment.study == .storm else {
                throw try fields.required("simulatedAcceptRate").failure(
                    .contradiction, "'simulatedAcceptRate' belongs to a study of storms: others simulate nothing")
            }
            experiment.simulatedAcceptRate = rate
        }
        experiment.maximumSeconds = try fields.number("maximumSeconds", 1...31_536_000)
        try decoder.selections(fields, of: &experiment)
        try decoder.goals(fields, of: &experiment)
        try decoder.primary(fields, of: &experiment)
        try checkWhole(experiment, fields)
        return experiment
    }

    /// Decodes `study`, and the keys that depend on it.
    private static func decodeStudy(
        _ fields: StrictMapping, _ vocabulary: Vocabulary, into experiment: inout Experiment
    ) throws(ExperimentFileError) {
        if let node = fields["study"] {
            let name = try node.name(among: Study.allCases.map(\.rawValue))
            experiment.study = Study(rawValue: name) ?? experiment.study
        }
        let isDelivery = experiment.study == .delivery
        if let node = fields["probes"], !isDelivery, experiment.study != .auth {
            throw node.failure(
                .contradiction, "'probes' belongs to studies of delivery and of auth; this one observes all it can")
        }
        let valid = isDelivery ? vocabulary.probes : experiment.study == .auth ? vocabulary.authMeasures : []
        let probes = try fields.values("probes") { node throws(ExperimentFileError) in
            // Older files name what a study of delivery always observes.
            isDelivery && node.isName(Study.delivery.rawValue) ? nil : try node.name(among: valid)
        }
        experiment.probes = probes?.compactMap { $0 } ?? (isDelivery ? [] : valid)
        let hasFloor = isDelivery || experiment.study == .capacity
        for key in ["floor", "aaPair"] {
            let flag = try fields.flag(key) ?? hasFloor
            if flag, !hasFloor, let node = fields[key] {
                throw node.failure(
                    .contradiction,
                    "'\(key)' belongs to a study of delivery or of capacity; a study of \(experiment.study.rawValue) measures its own "
                        + "baselines")
            }
            if key == "floor" { experiment.floor = flag } else { experiment.aaPair = flag }
        }
    }

    /// Checks that each study has only the factors that it varies.
    private static func checkFactors(
        of experiment: Experiment, _ fields: StrictMapping
    ) throws(ExperimentFileError) {
        let factors = try fields.required("factors")
        let cells = experiment.crossed
        for factor in Factor.all where !factor.studies.contains(experiment.study) {
            guard cells.contains(where: { ![nil, factor.elsewhere].contains(factor.level($0)) }) else { continue }
            throw factors.failure(
                .contradiction,
                "a study of \(experiment.study.rawValue) does not vary '\(factor.key)': leave it out",
                valid: Factor.all.filter { $0.studies.contains(experiment.study) }.map(\.key))
        }
        if experiment.study == .reconnection, experiment.crossed.contains(where: { $0.session?.fault == nil }) {
            throw factors.failure(
                .missingKey, "a study of reconnection needs the factor 'fault', whose levels are named under 'faults'")
        }
        if experiment.study == .proxies, experiment.crossed.contains(where: { $0.session?.path == nil }) {
            throw factors.failure(.missingKey, "a study of proxies needs the factor 'path'")
        }
    }

    static func compose(_ yaml: String, file: String, _ keys: [String]) throws(ExperimentFileError) -> Node {
        let node: Node?
        // A byte order mark is not part of the document (YAML 1.2.2, section 5.2). Before a comment, libyaml takes it
        // for content.
        let document = yaml.unicodeScalars.first == "\u{FEFF}" ? String(yaml.unicodeScalars.dropFirst()) : yaml
        do {
            node = try Yams.compose(yaml: document)
        } catch {
            throw ExperimentDecoder.syntaxError(error, file: file)
        }
        guard let node else {
            throw ExperimentFileError(
                .missingKey, "the file is empty", file: file, line: 1, column: 1, valid: keys)
        }
        return node
    }

    private static func checkWhole(
        _ experiment: Experiment, _ fields: StrictMapping
    ) throws(ExperimentFileError) {
        let factors = try fields.required("factors")
        let cells = experiment.cells
        guard cells.contains(where: { $0.role == .measure }) else {
            throw factors.failure(.contradiction, "nothing is left to measure once 'exclude' is applied")
        }
        var seen: Set<String> = []
        for cell in cells where !seen.insert(cell.id).inserted {
            throw factors.failure(
                .contradiction, "the cell '\(cell.id)' occurs twice: a level is given in two places of 'factors'")
        }
        let needed = experiment.expectedSeconds(of: TrialPlan(experiment, seed: 0).trials)
        if let maximum = experiment.maximumSeconds, needed > maximum {
            throw try fields.required("maximumSeconds").failure(
                .contradiction,
                "the plan takes \(Int(needed.rounded(.up))) s and 'maximumSeconds' allows \(Int(maximum)): shorten "
                    + "'measureSeconds' or 'warmupSeconds', or take fewer 'repetitions' or levels")
        }
    }
}
