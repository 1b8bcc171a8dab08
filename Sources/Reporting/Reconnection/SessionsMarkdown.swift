internal import ExperimentModel

/// The same report as text.
struct SessionsMarkdown {
    private let analysis: Analysis
    private let sessions: SessionsAnalysis
    private let narrative: SessionsNarrative
    private let parts: MarkdownSections

    init(_ analysis: Analysis, _ sessions: SessionsAnalysis) {
        self.analysis = analysis
        self.sessions = sessions
        narrative = SessionsNarrative(analysis: analysis, sessions: sessions)
        parts = MarkdownSections(analysis: analysis)
    }

    var report: String {
        """
        # \(analysis.title.forMarkdown)

        \(parts.notices)\(verdict)
        \(narrative.caveat.forMarkdown)\(shared)

        \(goals(level: 2))\(readings)\(sections(level: 2))## Method

        \(list(narrative.method))
        ## Environment

        \(parts.environment)
        """
    }

    var decision: String {
        """
        # How should clients of order updates come back?

        - Status: proposed by the data, to be decided by people
        - Date: \(String(analysis.lastStart.prefix(10)).forMarkdown)
        - Data: experiment \(analysis.experiment.forMarkdown), run \(analysis.runs.joined(separator: ", ").forMarkdown)

        ## Context

        Connections break: servers restart, proxies cut, networks go away. Sessions of the same core meet the same faults over every \
        transport; what differs is how soon they know, how they come back, and what they have missed. This record says what one run \
        of one experiment shows.

        ## Options

        \(list(options))
        ## What the data says

        \(parts.notices)\(verdict)
        \(readingText)
        ## Proposed outcome

        \(list(outcome))
        ## What the data does not cover

        \(list(gaps))
        ## Figures

        \(goals(level: 3))\(sections(level: 3))## Environment

        \(parts.environment)
        ## Regenerate

        This text is a pure function of `observations.jsonl` and `environment.json` beside it:

        ```sh
        tandem report .
        ```

        """
    }

    // MARK: Parts

    private var verdict: String {
        "**\(narrative.headline.forMarkdown).** \(parts.paragraph(narrative.sentences))"
    }

    private var shared: String {
        narrative.shared.map { " In all cells: \($0.forMarkdown)." } ?? ""
    }

    private func heading(_ level: Int, _ title: String) -> String {
        String(repeating: "#", count: level) + " " + title.forMarkdown + "\n\n"
    }

    private func goals(level: Int) -> String {
        sessions.goals.isEmpty ? "" : "\(heading(level, "Goals"))\(PageTable(sessions.goals).markdown)\n"
    }

    private var readings: String {
        let text = readingText
        return text.isEmpty ? "" : "## Read\n\n\(text)\n"
    }

    private var readingText: String {
        SessionReading.all(sessions).map {
            "**\($0.title.forMarkdown)**: \($0.sentences.joined(separator: " ").forMarkdown)\n"
        }
        .joined(separator: "\n")
    }

    private func sections(level: Int) -> String {
        SessionsSection.all(sessions).map { section in
            let tables = (section.tables + section.details).map { table in
                let detail = table.detail.isNull ? "" : table.detail.renderText.forMarkdown + "\n\n"
                return heading(level + 1, table.caption) + "\(detail)\(table.markdown)"
            }
            return heading(level, section.title)
                + "\(section.note.forMarkdown)\n\n\(tables.joined(separator: "\n"))\n"
        }
        .joined()
    }

    private func list(_ items: [String]) -> String {
        items.isEmpty ? "- none\n" : items.map { "- \($0.forMarkdown)" }.joined(separator: "\n") + "\n"
    }

    // MARK: Decision

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
            line("transports", cells.map { Subject.name(of: $0.transport) }),
            line("clients", cells.map(\.session?.client)), line("recovery strategies", cells.map(\.session?.recovery)),
            line("durability of the timelines", cells.map(\.session?.durability)),
            line("paths", cells.map(\.session?.path)),
        ].compactMap { $0 }
    }

    /// What the gates leave to choose from: never more than the ledgers and goals say.
    private var outcome: [String] {
        var lines: [String] = []
        let strategies = unique(sessions.recoveries.compactMap(\.cell.session?.recovery))
        for strategy in strategies {
            let results = sessions.recoveries.filter { $0.cell.session?.recovery == strategy }
            let ledger = SessionLedgerSummary.total(results.map(\.ledger))
            guard ledger.expected > 0 else { continue }
            let declared = ledger.declaredLost
            if ledger.faults > 0 {
                lines.append(
                    "\(strategy): not without fault in this run: \(Decimals.integer(ledger.silentlyLost)) lost in silence, "
                        + "\(Decimals.integer(ledger.duplicated)) duplicated and \(Decimals.integer(ledger.reordered)) reordered"
                )
            } else {
                lines.append(
                    "\(strategy): nothing was lost in silence, duplicated or reordered"
                        + (declared > 0 ? "; \(Decimals.count(declared, "update")) were declared lost" : ""))
            }
        }
        for goal in sessions.goals where ["Storms", "A drain ends"].contains(goal.name) {
            lines.append("\(goal.name): \(goal.outcome.rawValue), \(goal.found)")
        }
        for path in unique(sessions.paths.map { $0.cell.session?.path ?? "direct" }) {
            let here = sessions.paths.filter { ($0.cell.session?.path ?? "direct") == path }
            let verdicts = here.map { "\(sessions.naming.traveller($0.cell)) \($0.verdict.label)" }
            lines.append("\(path): \(verdicts.joined(separator: "; "))")
        }
        return lines
    }

    private var gaps: [String] {
        let open = sessions.goals.filter { $0.outcome == .notMeasured }
            .map { "\($0.name): \($0.goal); found: \($0.found)" }
        let failed = sessions.gaps.filter { $0.status != .skipped }
            .map { "\(Decimals.count($0.cells.count, "cell")): \($0.reason)" }
        let others = SessionsAnalysis.all.filter { !sessions.studies.contains($0) }
            .map { "\($0.title): a study of its own" }
        return open + failed + others
            + [
                "networks with loss and delay, radios that sleep, addresses that change: everything ran on loopback",
                "browsers: the sessions follow the HTML standard's rules, and are no pages",
            ]
    }
}
