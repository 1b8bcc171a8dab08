internal import ExperimentModel

/// What a run leaves open: all that experiments can name, without what its cells have measured.
struct CoverageGaps {
    let analysis: Analysis

    private var measured: [CellResult] { analysis.cells.filter { $0.outcome == .measured } }
    private var cells: [Cell] { measured.map(\.cell) }

    var all: [String] { levels + loads + dimensions + thisRun }

    // MARK: - Levels of the vocabulary

    private var levels: [String] {
        let vocabulary = analysis.vocabulary
        // The in-process transport has no wire. It is a reference for tests, not a choice.
        let transports = missing(vocabulary.transports.filter { $0 != "in-process" }, cells.map(\.transport)) {
            Factor.name(ofTransport: $0)
        }
        let versions = missing(vocabulary.protocolVersions, cells.map(\.protocolVersion)) {
            Factor.name(ofProtocol: $0)
        }
        let schemes = missing(vocabulary.authSchemes, cells.map(\.auth)) { "'\($0)'" }
        let used = Prose.list(unique(cells.map(\.auth)).sorted())
        return [
            transports.map { "Transports: no cell with \($0) gave a figure." },
            versions.map { "Protocol versions: no cell over \($0) gave a figure." },
            encryption,
            schemes.map {
                "Auth schemes: no cell with \($0) gave a figure" + (used.isEmpty ? "." : "; all used \(used).")
            },
        ].compactMap { $0 }
    }

    private var encryption: String? {
        let tls = Set(cells.map(\.tls))
        guard tls.count < 2 else { return nil }
        return tls.contains(true)
            ? "Plain connections: every cell ran over TLS." : "TLS: no cell over TLS gave a figure."
    }

    /// Nil if nothing is missing.
    private func missing(_ offered: [String], _ had: [String], _ name: (String) -> String) -> String? {
        let rest = offered.filter { !had.contains($0) }
        return rest.isEmpty ? nil : rest.map(name).joined(separator: " or ")
    }

    // MARK: - Loads and settings

    private var loads: [String] {
        var gaps: [String] = []
        if !analysis.memory.contains(where: { $0.slope != nil }) {
            gaps.append(
                analysis.memory.isEmpty
                    ? "Memory: the probe footprint did not run."
                    : "Memory per connection as a slope: populations of one size were held.")
        }
        let loops = unique(cells.map(\.loops))
        if loops.count == 1 {
            gaps.append("More than one number of event loops: every cell ran on \(Decimals.count(loops[0], "loop")).")
        }
        if unique(cells.map(\.heartbeat)).count == 1 { gaps.append("Heartbeats: all cells had the same.") }
        if !cells.contains(where: { $0.load.slowReaders > 0 }) {
            gaps.append("Slow readers: every subscriber read as fast as it could.")
        }
        if analysis.driftingCells.isEmpty {
            gaps.append("What creeps: no window was long enough to be sampled in its course; soak.yaml has an hour.")
        }
        if !cells.contains(where: { $0.load.burst > 1 }) { gaps.append("Bursts: updates were published one by one.") }
        if !cells.contains(where: { $0.server == .external }) { gaps.append("Any server but Tandem's own.") }
        return gaps
    }

    // MARK: - Dimensions

    private var dimensions: [String] {
        let studied = Experiment.Study.allCases.compactMap { study in
            study.questions.map { "\($0) Experiments/\(study.rawValue).yaml is for that." }
        }
        return studied + [
            "Commands from client to server.",
            "Networks: everything ran on loopback, where there is no loss, no delay and no radio.",
            "Browsers: the measuring client is not a page, and knows no limit of six connections a host.",
        ]
    }

    // MARK: - This run

    private var thisRun: [String] {
        var gaps: [String] = []
        let completeness = analysis.completeness
        if completeness.isPartial { gaps.append("The rest of the plan: this run is not complete.") }
        if completeness.blocks < 5 {
            gaps.append(
                "Rare noise: \(Decimals.count(completeness.blocks, "block")) of repetitions; five or more give "
                    + "intervals that deserve the name.")
        }
        if analysis.environment == nil { gaps.append("The machine: its environment record is missing.") }
        let unmeasured = analysis.cells.filter { $0.outcome == .invalid || $0.outcome == .failed }.count
        if unmeasured > 0 {
            gaps.append("\(Decimals.count(unmeasured, "cell")) that gave no valid trial; the reasons stand below.")
        }
        return gaps
    }
}
