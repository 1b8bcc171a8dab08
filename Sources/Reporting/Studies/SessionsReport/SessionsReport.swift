internal import ExperimentModel

/// The report of studies of sessions.
struct SessionsReport {
    let analysis: Analysis
    let sessions: SessionsAnalysis
    private let read: [SessionReading]

    init(analysis: Analysis, sessions: SessionsAnalysis) {
        self.analysis = analysis
        self.sessions = sessions
        read = SessionReading.all(sessions)
    }

    var report: StudyReport {
        let narrative = SessionsNarrative(analysis: analysis, sessions: sessions)
        let notices = Narrative(analysis).notices
        let measuring = Decimals.fixed(sessions.measuredSeconds, places: 0)
        return StudyReport(
            kind: "study of \(Prose.list(sessions.studies.map(\.title)))", title: analysis.title,
            facts: EnvironmentFacts(analysis: analysis).run
                + [StudyReport.Fact(name: "Measuring", value: "\(measuring) s")],
            notices: notices, headline: narrative.headline, sentences: narrative.sentences,
            caveat: narrative.caveat, shared: narrative.shared,
            sections: [goals, readingSection] + sections, decision: decision,
            summary: .goals(
                sessions.goals, headline: narrative.headline, narrative.sentences,
                read.map(\.sentences), notices),
            figures: SessionFigures.all(sessions), gaps: SessionFigures.gaps(sessions), method: narrative.method,
            sources: ReportSources(figures: ["sessions.csv", "sessions.json", "figures.csv"]))
    }

    private var goals: ReportSection {
        let note =
            "What was to be reached, and the worst that was found. A goal that is stated for more than a run has is not measured by it."
        return ReportSection(
            id: "goals", title: "Goals",
            sessions.goals.isEmpty ? [] : .paragraph(note, in: .page) + .plainTable(PageTable(sessions.goals)))
    }

    private var readings: [ReportSection.Part] {
        read.flatMap { [ReportSection.Part].reading($0.title, $0.sentences) }
    }

    private var readingSection: ReportSection {
        ReportSection(
            id: "readings", title: "Read",
            readings.isEmpty ? [] : .paragraph("Two sentences each, made of the figures below.", in: .page) + readings)
    }

    private var sections: [ReportSection] {
        SessionsSection.all(sessions).map { section in
            ReportSection(
                id: section.id, title: section.title,
                .paragraph(section.note) + .tables(section.tables) + .figures(section.figures)
                    + .details(section.details))
        }
    }

    // MARK: Decision

    private var decision: DecisionRecord {
        DecisionRecord(
            question: "How should clients of order updates come back?",
            context:
                "Connections break: servers restart, proxies cut, networks go away. Sessions of the same core meet the same faults over "
                + "every transport; what differs is how soon they know, how they come back, and what they have missed. This record says "
                + "what one run of one experiment shows.",
            options: options, findings: readings, outcome: .list(outcome), gaps: gaps,
            figures: [goals] + sections)
    }

    private var cells: [Cell] {
        sessions.recoveries.map(\.cell) + sessions.storms.map(\.cell) + sessions.drains.map(\.cell)
            + sessions.paths.map(\.cell)
    }

    private var options: [String] {
        func line(_ name: String, _ levels: [String?]) -> String? {
            let found = unique(levels.compactMap { $0 })
            return found.isEmpty ? nil : "\(name): \(Prose.list(found))"
        }
        return [
            line("transports", cells.map { Factor.name(ofTransport: $0.transport) }),
            line("clients", cells.map(\.session?.client)), line("recovery strategies", cells.map(\.session?.recovery)),
            line("durability of the timelines", cells.map(\.session?.durability)),
            line("paths", cells.map(\.session?.path)),
        ].compactMap { $0 }
    }

    /// The strategies that remain, and the goals of storms and drains. It never says more than the ledgers and goals.
    private var outcome: [String] {
        var lines = strategies
        for goal in sessions.goals where ["Storms", "A drain ends"].contains(goal.name) {
            lines.append("\(goal.name): \(goal.outcome.rawValue), \(goal.found)")
        }
        for path in unique(sessions.paths.map { $0.cell.session?.path ?? "direct" }) {
            let here = sessions.paths.filter { ($0.cell.session?.path ?? "direct") == path }
            let verdicts = here.map { "\(sessions.naming.clientLabel($0.cell)) \($0.verdict.label)" }
            lines.append("\(path): \(verdicts.joined(separator: "; "))")
        }
        return lines
    }

    /// The updates of each strategy, with the faults that it met: a strategy that met one fault is no better than one
    /// that met twelve.
    private var strategies: [String] {
        let names = unique(sessions.recoveries.compactMap(\.cell.session?.recovery))
        let results = names.map { name in sessions.recoveries.filter { $0.cell.session?.recovery == name } }
            .filter { SessionLedgerSummary.total($0.map(\.ledger)).expected > 0 }
        let met = results.map { Set($0.compactMap { $0.cell.session?.fault?.name }) }
        let lines = zip(results, met).map { results, met in
            let ledger = SessionLedgerSummary.total(results.map(\.ledger))
            let declared = ledger.declaredLost
            let name = results[0].cell.session?.recovery ?? ""
            return
                "\(name), \(met.count == 1 ? "one fault (\(met.first ?? ""))" : Decimals.count(met.count, "fault")): "
                + (ledger.faults > 0
                    ? "\(Decimals.integer(ledger.silentlyLost)) lost in silence, "
                        + "\(Decimals.integer(ledger.duplicated)) duplicated and \(Decimals.integer(ledger.reordered)) reordered"
                    : "nothing was lost in silence, duplicated or reordered"
                        + (declared > 0 ? "; \(Decimals.count(declared, "update")) were declared lost" : ""))
        }
        guard Set(met).count > 1 else { return lines }
        return lines + ["The strategies met different faults here, so they are no ranking."]
    }

    private var gaps: [String] {
        let open = sessions.goals.filter { $0.outcome == .notMeasured }
            .map { "\($0.name): \($0.goal); found: \($0.found)" }
        let failed = sessions.exclusions.filter { $0.status != .skipped }.byReason
            .map { "\(Decimals.count($0.count, "cell")): \($0[0].reason)" }
        let others = SessionsAnalysis.all.filter { !sessions.studies.contains($0) }
            .map { "\($0.title): a study of its own" }
        return open + failed + others
            + [
                "networks with loss and delay, radios that sleep, addresses that change: everything ran on loopback",
                "browsers: the sessions follow the HTML standard's rules, and are no pages",
            ]
    }
}
