/// What a report says of a study of auth schemes.
struct AuthReport {
    let analysis: Analysis
    let auth: AuthAnalysis

    var report: StudyReport {
        let narrative = AuthNarrative(analysis: analysis, auth: auth)
        let took = Decimals.fixed(auth.runSeconds ?? auth.measuredSeconds, places: 0)
        return StudyReport(
            kind: "study of auth schemes", title: analysis.title,
            facts: EnvironmentFacts(analysis: analysis).run + [StudyReport.Fact(name: "Took", value: "\(took) s")],
            notices: Narrative(analysis).notices, headline: narrative.headline, sentences: narrative.sentences,
            caveat: AuthNarrative.caveat, sections: sections, method: AuthNarrative.method.dropLast(),
            sources: ReportSources(
                optional: ["legibility.json", "code.json"], figures: ["auth.csv", "auth.json"]))
    }

    private var sections: [ReportSection] {
        let tables = AuthTables(analysis: auth)
        return [
            ReportSection(
                id: "goals", title: "Goals",
                [
                    .paragraph(
                        "What was to be reached, and the worst that was found. A goal that is stated for more streams than a run "
                            + "has is not measured by it."),
                    .table(tables.goals),
                ]),
            ReportSection(
                id: "readings", title: "Schemes, read",
                [.paragraph("Two sentences a scheme, made of the figures below.")]
                    + AuthReading.all(auth).map {
                        .reading(title: $0.scheme, text: $0.sentences.joined(separator: " "))
                    }),
            ReportSection(
                id: "vectors", title: "Vectors",
                [
                    .paragraph(
                        "A table for each path, a row for each scheme, ten parts each. Under exchanges stand the bytes, and "
                            + "requests, round trips and bytes of coming back and of a renewal. What cannot exist says why."
                    )
                ] + .tables(tables.vectors)),
            ReportSection(
                id: "fronts", title: "Pareto fronts",
                [.paragraph(ParetoFront.rule)] + (auth.fronts.isEmpty ? [] : [.table(tables.fronts)])),
            ReportSection(
                id: "details", title: "Details",
                [.paragraph("Every figure behind the vectors.")] + .details(AuthDetails(analysis: auth).all)),
        ]
    }
}
