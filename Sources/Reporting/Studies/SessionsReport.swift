/// What a report says of a study of sessions.
struct SessionsReport {
    let analysis: Analysis
    let sessions: SessionsAnalysis

    var report: StudyReport {
        let narrative = SessionsNarrative(analysis: analysis, sessions: sessions)
        let measuring = Decimals.fixed(sessions.measuredSeconds, places: 0)
        return StudyReport(
            kind: "study of \(Prose.list(sessions.studies.map(\.title)))", title: analysis.title,
            facts: EnvironmentFacts(analysis: analysis).run
                + [StudyReport.Fact(name: "Measuring", value: "\(measuring) s")]
                + (narrative.shared.map { [StudyReport.Fact(name: "In all cells", value: $0)] } ?? []),
            notices: Narrative(analysis).notices, headline: narrative.headline, sentences: narrative.sentences,
            caveat: narrative.caveat, sections: [goals, readings] + SessionsSection.all(sessions).map(section),
            method: narrative.method, sources: ReportSources(figures: ["sessions.csv", "sessions.json"]))
    }

    private var goals: ReportSection {
        ReportSection(
            id: "goals", title: "Goals",
            sessions.goals.isEmpty
                ? []
                : [
                    .paragraph(
                        "What was to be reached, and the worst that was found. A goal that is stated for more than a run has is "
                            + "not measured by it."),
                    .table(PageTable(sessions.goals)),
                ])
    }

    private var readings: ReportSection {
        let readings = SessionReading.all(sessions)
        return ReportSection(
            id: "readings", title: "Read",
            readings.isEmpty
                ? []
                : [.paragraph("Two sentences each, made of the figures below.")]
                    + readings.map { .reading(title: $0.title, text: $0.sentences.joined(separator: " ")) })
    }

    private func section(_ section: SessionsSection) -> ReportSection {
        ReportSection(
            id: section.id, title: section.title,
            [.paragraph(section.note)] + .tables(section.tables) + .figures(section.figures)
                + .details(section.details))
    }
}
