/// Puts the analysis into the words of the page, and has its charts drawn.
struct PageBuilder {
    let analysis: Analysis
    let plotter: any ChartPlotter

    func page() async throws -> Page {
        let narrative = Narrative(analysis)
        let details = DetailTables(analysis: analysis)
        let environment = EnvironmentFacts(analysis: analysis)
        let memory = MemoryFigures(analysis: analysis).all
        let drawing = FigureDrawing(plotter: plotter)
        return Page(
            title: analysis.title,
            lead: lead,
            facts: environment.run.map { Page.Fact(name: $0.name, value: $0.value) },
            notices: narrative.notices.map(Prose.unbroken),
            headline: narrative.headline,
            sentences: narrative.sentences.map(Prose.unbroken),
            caveat: Words(Prose.unbroken(narrative.trust)),
            comparisons: ComparisonTables(analysis: analysis).all,
            comparisonsNote: Prose.unbroken(comparisonsNote(narrative)),
            curves: try await drawing.draw(LatencyFigures(analysis: analysis).all),
            costs: try await drawing.draw(CostFigures(analysis: analysis).all),
            staleness: try await drawing.draw(StalenessFigures(analysis: analysis).all),
            memory: try await drawing.draw(memory),
            memoryNote: Words(memory.isEmpty ? Prose.unbroken(memoryNote) : ""),
            footprint: details.footprint,
            footprintNote: Words(Prose.unbroken(FootprintTable(analysis).note)),
            drift: try await drawing.draw(DriftFigures(analysis: analysis).all),
            driftTables: details.drift,
            driftNote: Prose.unbroken(DriftTable(analysis).note),
            findings: details.findings,
            findingsNote: Prose.unbroken(details.findingsNote),
            contrasts: details.contrasts,
            contrastsNote: Prose.unbroken(details.contrastsNote),
            noise: details.noise,
            noiseNote: Prose.unbroken(details.noiseNote),
            ledger: details.ledger,
            environment: environment.all.map { Page.Fact(name: $0.name, value: $0.value) },
            environmentNote: Words(environment.note),
            method: Method(analysis: analysis).sentences,
            command: "tandem report .",
            symbols: Words(InlineSVG.symbols),
            style: PageTemplates.style)
    }

    private var lead: String {
        let subjects = Prose.list(unique(analysis.subjects.map(\.name)))
        let conditions = Decimals.count(analysis.groups.count, "condition")
        return subjects.isEmpty
            ? "No cell of this run was there to be compared."
            : "\(subjects), one order-update core, measured under \(conditions)."
    }

    private func comparisonsNote(_ narrative: Narrative) -> String {
        let floor = narrative.floorSentence.map { " \($0) \u{201C}× floor\u{201D} is the multiple of it." } ?? ""
        return "One table for each condition, \(analysis.cells.intervalPhrase). Latency counts from the time an update "
            + "was meant to be published; the uncorrected figure stands beside it.\(floor)"
    }

    private var memoryNote: String {
        guard !analysis.memory.isEmpty else {
            return "The memory of the servers was not read: name the probe footprint in the experiment."
        }
        return
            "A line takes populations of different sizes, and this run held one size only; footprint.yaml has several."
    }
}
