internal import ExperimentModel

/// The report of a study of capacity.
struct CapacityReport {
    let analysis: Analysis
    let capacity: CapacityAnalysis

    var report: StudyReport {
        let notices = Narrative(analysis).notices
        let sentences = [capacity.goals.missedSentence].compactMap { $0 }
        return StudyReport(
            kind: "study of capacity", title: analysis.title, facts: EnvironmentFacts(analysis: analysis).run,
            notices: notices, headline: capacity.goals.headline, sentences: sentences,
            caveat: "Absolute figures are this machine's, and move from run to run; a ratio is of trials side by side.",
            sections: [rows], decision: decision,
            summary: RunSummary(blocks: [
                .table(CapacityTables(capacity).ranked),
                .sentences([capacity.goals.headline + "."] + capacity.noteLines + notices),
            ]),
            figures: figures,
            gaps: analysis.exclusions.map {
                FigureGroup($0.cell, study: study, trials: $0.trials, [.gap($0.status, $0.reason)])
            }, method: Self.method, sources: ReportSources(figures: ["figures.csv", "figures.json"]))
    }

    private var study: String { Experiment.Study.capacity.rawValue }

    private var rows: ReportSection {
        ReportSection(
            id: "rows", title: "Rows",
            .guide(
                "Each row is held against its goal: a ratio is the geometric mean over blocks with its 95 % interval. Beside a ratio "
                    + "to the floor stands the floor's to itself, where it was measured: the noise of the machine.")
                + .plainTable(CapacityTables(capacity).rows)
                + (capacity.noteLines.isEmpty ? [] : .list(capacity.noteLines, in: .all)))
    }

    private var decision: DecisionRecord {
        DecisionRecord(
            question: "Does the engine reach its goals on this machine?",
            context:
                "The server and a bare epoll server in C, which writes the same bytes, do the same work in turn, before the same "
                + "load client.",
            options: capacity.rows.map { "\($0.title): \($0.goalText)" }, findings: [],
            outcome: .list(capacity.rows.map { "\($0.title): \($0.verdict.rawValue), \($0.found)" }),
            gaps: capacity.rows.filter { ![.met, .missed].contains($0.verdict) }.map {
                "\($0.title): \($0.verdict.rawValue): \($0.notes.joined(separator: "; "))"
            } + ["other machines, and networks: everything ran on loopback"], figures: [rows])
    }

    private var figures: [FigureGroup] {
        capacity.rows.map { row in
            let name = row.goal.figure.rawValue
            func line(_ part: String, _ figure: String, _ estimate: Estimate?, _ text: String = "") -> FigureLine {
                FigureLine(
                    part: part, figure: figure, value: estimate?.value, low: estimate?.interval?.lowerBound,
                    high: estimate?.interval?.upperBound, text: text)
            }
            let judged = row.goal.of.map { "\(name) of \($0.rawValue)" } ?? name
            let lines =
                [line("goal", judged, row.judged, row.verdict.rawValue), line("tandem", name, row.ours)]
                + [
                    line("floor", name, row.floor), line("floor", judged, row.floorRatio),
                    line("noise", judged, row.noise),
                ]
            return FigureGroup(
                row.cell, study: study, trials: row.ours?.trials, lines.filter { $0.value != nil || !$0.text.isEmpty })
        }
    }

    private static let method = [
        "The server publishes by itself, without heartbeats and credentials, and so does the floor; a load client in C receives and "
            + "counts. Where there are two processors, server and load client have one each, but where two loops are compared, and where "
            + "connections are spread over several processes.",
        "The cells of a row run next to each other in each block, in random order and in the reverse order in the next (A B B A).",
        "A trial fails where a connection was lost, or where what arrived is not what was published times its subscribers.",
        "A row is invalid where the updates of its two sides differ in size by more than 1 %, or where the load client was busier than "
            + "the server and than 95 % of its processor.",
        "Memory is what grows of the servers' private pages while connections are held. Of many connections that are held and closed "
            + "twice all descriptors must come back, and the second time takes at most 10 % more than the first.",
        "System calls are counted by strace amid a schedule, which slows the server.",
    ]
}
