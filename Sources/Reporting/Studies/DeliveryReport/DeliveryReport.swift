/// The report of a comparison of transports.
struct DeliveryReport {
    let analysis: Analysis
    private let narrative: Narrative
    private let details: DetailTables
    private let tables: DeliveryTables

    init(analysis: Analysis) {
        self.analysis = analysis
        narrative = Narrative(analysis)
        details = DetailTables(analysis: analysis)
        tables = DeliveryTables(analysis: analysis)
    }

    var report: StudyReport {
        StudyReport(
            kind: "experiment report", title: analysis.title, lead: Words(lead),
            facts: EnvironmentFacts(analysis: analysis).run, notices: narrative.notices, headline: narrative.headline,
            sentences: narrative.sentences, caveat: narrative.trust, sections: [primary] + pageSections + textSections,
            decision: decision, summary: DeliverySummary(analysis: analysis).summary,
            figures: DeliveryFigures.all(analysis),
            gaps: DeliveryFigures.gaps(analysis),
            method: Method(analysis: analysis).sentences,
            sources: ReportSources(
                figures: ["cells.csv", "percentiles.csv", "comparisons.csv", "figures.csv"],
                samples: analysis.driftingCells.isEmpty ? nil : "samples.csv"))
    }

    private var lead: String {
        let subjects = Prose.list(unique(analysis.subjects.map(\.name)))
        let conditions = Decimals.count(analysis.groups.count, "condition")
        return subjects.isEmpty
            ? "No cell of this run was there to be compared."
            : "\(subjects), one order-update core, measured under \(conditions)."
    }

    // MARK: The page

    private var pageSections: [ReportSection] {
        [
            ReportSection(
                id: "comparison", title: "Comparison",
                .paragraph(comparisonsNote, in: .page)
                    + .tables(ComparisonTables(analysis: analysis).all, in: .page)),
            ReportSection(
                id: "latency", title: "Latency by percentile", shortTitle: "Latency",
                .figures(LatencyFigures(analysis: analysis).all)),
            staleness,
            ReportSection(
                id: "cost", title: "Cost per update", shortTitle: "Cost", .figures(CostFigures(analysis: analysis).all)),
            memory,
            ReportSection(
                id: "drift", title: "Over time",
                .paragraph(DriftTable(analysis).note, in: .page) + .tables(details.drift, in: .page)
                    + .figures(DriftFigures(analysis: analysis).all)),
            ReportSection(
                id: "findings", title: "Findings",
                .paragraph(details.findingsNote, in: .page) + .tables(details.findings, in: .page)),
            ReportSection(
                id: "verdicts", title: "All verdicts",
                .paragraph(details.contrastsNote, in: .page) + .details(details.contrasts, in: .page)),
            ReportSection(
                id: "noise", title: "Noise",
                .paragraph(details.noiseNote, in: .page) + .tables(details.noise, in: .page)),
            ReportSection(
                id: "ledger", title: "Delivery ledger and client", shortTitle: "Ledger",
                .paragraph(Self.ledgerNote, in: .page) + .tables(details.ledger, in: .page)),
        ]
    }

    private var primary: ReportSection {
        let reading = PrimaryReading(analysis)
        return ReportSection(
            id: "primary", title: "What was asked first", shortTitle: "Answer",
            .paragraph(reading?.note ?? "") + .tables(reading.map { [$0.table] } ?? []))
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
            figures.isEmpty ? [] : .paragraph(note, in: .page) + .figures(figures))
    }

    private var memory: ReportSection {
        let figures = MemoryFigures(analysis: analysis).all
        return ReportSection(
            id: "memory", title: "Memory against connections", shortTitle: "Memory",
            .paragraph(figures.isEmpty ? memoryNote : "", in: .page) + .figures(figures)
                + .guide(FootprintTable(analysis).note, in: .page) + .tables(details.footprint, in: .page))
    }

    private var memoryNote: String {
        guard !analysis.memory.isEmpty else {
            return "The memory of the servers was not read: name the probe footprint in the experiment."
        }
        return
            "A line takes populations of different sizes, and this run held one size only; footprint.yaml has several."
    }

    private static let ledgerNote =
        "Every delivery that was due, reconciled with those that were made. Coalesced means superseded by a later state, as "
        + "polling declares that it does; lost means skipped without a word. Slow readers stop reading once they are connected, "
        + "and read again at the end: the kernel takes some megabytes for each before the server can notice. The client is "
        + "measured too: what it takes is not the server's."

    // MARK: Text

    private var textSections: [ReportSection] {
        let intervals = ["Figures \(analysis.cells.intervalPhrase).", narrative.floorSentence].compactMap { $0 }
        return [
            ReportSection(
                id: "comparison-text", title: "Comparison",
                .paragraph(intervals.joined(separator: " "), in: .text) + .tables(tables.comparisons, in: .text)),
            ReportSection(id: "memory-text", title: "Memory against connections", tables.memory),
            ReportSection(id: "footprint-text", title: "Footprint", tables.footprint),
            ReportSection(id: "drift-text", title: "Over time", tables.drift),
            ReportSection(id: "ledger-text", title: "Delivery ledger and client", tables.ledgers),
            ReportSection(id: "findings-text", title: "Findings", tables.exclusions),
            ReportSection(id: "noise-text", title: "Noise", tables.noise),
        ]
    }

    private var decision: DecisionRecord {
        let findings = DecisionFindings(analysis: analysis)
        let note =
            "Figures \(analysis.cells.intervalPhrase). A ratio within \(Decimals.percent(analysis.margin)) of 1 counts as "
            + "equivalent."
        let seeds = analysis.seeds.map { "\($0)" }.joined(separator: ", ")
        return DecisionRecord(
            question: "SSE, WebSocket or polling for order updates?",
            context:
                "A client watches orders move through fulfilment. The updates are the same bytes over every transport; what "
                + "differs is when they arrive, what they cost, and what a transport cannot do. This record says what one run of "
                + "one experiment shows.",
            options: analysis.subjects.map(\.label), findings: .paragraph(narrative.trust),
            outcome: .paragraph(findings.outcome.joined(separator: " ")), consequences: findings.consequences,
            gaps: findings.gaps,
            figures: [
                ReportSection(id: "figures", title: "", .paragraph(note) + .tables(tables.comparisons)),
                ReportSection(id: "drift", title: "Over time", tables.drift),
                ReportSection(id: "ledger", title: "Delivery ledger and client", tables.ledgers),
                ReportSection(id: "footprint", title: "Footprint", tables.footprint),
                ReportSection(id: "findings", title: "Not measured, and why", tables.exclusions),
                ReportSection(id: "noise", title: "Noise: one cell, measured twice", tables.noise),
            ],
            repetition:
                "To repeat the measurement with the same order of trials, run the experiment with seed \(seeds).")
    }
}
