/// What a report says of a comparison of transports.
struct DeliveryReport {
    let analysis: Analysis
    private let narrative: Narrative
    private let details: DetailTables

    init(analysis: Analysis) {
        self.analysis = analysis
        narrative = Narrative(analysis)
        details = DetailTables(analysis: analysis)
    }

    var report: StudyReport {
        StudyReport(
            kind: "experiment report", title: analysis.title, lead: Words(lead),
            facts: EnvironmentFacts(analysis: analysis).run,
            notices: narrative.notices, headline: narrative.headline, sentences: narrative.sentences,
            caveat: narrative.trust, sections: sections, method: Method(analysis: analysis).sentences,
            sources: ReportSources(
                figures: ["cells.csv", "percentiles.csv", "comparisons.csv"],
                samples: analysis.driftingCells.isEmpty ? nil : "samples.csv"))
    }

    private var lead: String {
        let subjects = Prose.list(unique(analysis.subjects.map(\.name)))
        let conditions = Decimals.count(analysis.groups.count, "condition")
        return subjects.isEmpty
            ? "No cell of this run was there to be compared."
            : "\(subjects), one order-update core, measured under \(conditions)."
    }

    private var sections: [ReportSection] {
        [
            ReportSection(
                id: "comparison", title: "Comparison",
                .paragraph(comparisonsNote) + .tables(ComparisonTables(analysis: analysis).all)),
            ReportSection(
                id: "latency", title: "Latency by percentile", shortTitle: "Latency",
                .figures(LatencyFigures(analysis: analysis).all)),
            staleness,
            ReportSection(
                id: "cost", title: "Cost per update", shortTitle: "Cost", .figures(CostFigures(analysis: analysis).all)),
            memory, drift,
            ReportSection(
                id: "findings", title: "Findings", .paragraph(details.findingsNote) + .tables(details.findings)),
            ReportSection(
                id: "verdicts", title: "All verdicts", .paragraph(details.contrastsNote) + .details(details.contrasts)),
            ReportSection(id: "noise", title: "Noise", .paragraph(details.noiseNote) + .tables(details.noise)),
            ReportSection(
                id: "ledger", title: "Delivery ledger and client", shortTitle: "Ledger",
                .paragraph(Self.ledgerNote) + .tables(details.ledger)),
        ]
    }

    private var comparisonsNote: String {
        let floor = narrative.floorSentence.map { " \($0) \u{201C}× floor\u{201D} is the multiple of it." } ?? ""
        return "One table for each condition, \(analysis.cells.intervalPhrase). Latency counts from the time an update "
            + "was meant to be published; the uncorrected figure stands beside it.\(floor)"
    }

    private var staleness: ReportSection {
        let figures = StalenessFigures(analysis: analysis).all
        let note =
            "A poll that finds nothing new is not late, so latency flatters or punishes polling by accident. The age of the "
            + "client's view is the fair figure."
        return ReportSection(
            id: "staleness", title: "Staleness against polling interval", shortTitle: "Staleness",
            figures.isEmpty ? [] : .paragraph(note) + .figures(figures))
    }

    private var memory: ReportSection {
        let figures = MemoryFigures(analysis: analysis).all
        let footprint = FootprintTable(analysis)
        return ReportSection(
            id: "memory", title: "Memory against connections", shortTitle: "Memory",
            .paragraph(figures.isEmpty ? memoryNote : "") + .figures(figures)
                + (footprint.rows.isEmpty ? [] : [.guide(footprint.note)]) + .tables(details.footprint))
    }

    private var memoryNote: String {
        guard !analysis.memory.isEmpty else {
            return "The memory of the servers was not read: name the probe footprint in the experiment."
        }
        return
            "A line takes populations of different sizes, and this run held one size only; footprint.yaml has several."
    }

    private var drift: ReportSection {
        let tables = details.drift
        return ReportSection(
            id: "drift", title: "Over time",
            tables.isEmpty
                ? []
                : .paragraph(DriftTable(analysis).note) + .tables(tables)
                    + .figures(DriftFigures(analysis: analysis).all))
    }

    private static let ledgerNote =
        "Every delivery that was due, reconciled with those that were made. Coalesced means superseded by a later state, as "
        + "polling declares that it does; lost means skipped without a word. Slow readers stop reading once they are connected, "
        + "and read again at the end: the kernel takes some megabytes for each before the server can notice. The client is "
        + "measured too: what it takes is not the server's."
}
