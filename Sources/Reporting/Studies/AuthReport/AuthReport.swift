internal import ExperimentModel

/// The report of a study of auth schemes.
struct AuthReport {
    let analysis: Analysis
    let auth: AuthAnalysis
    private let tables: AuthTables
    private let read: [AuthReading]

    init(analysis: Analysis, auth: AuthAnalysis) {
        self.analysis = analysis
        self.auth = auth
        tables = AuthTables(analysis: auth)
        read = AuthReading.all(auth)
    }

    var report: StudyReport {
        let narrative = AuthNarrative(analysis: analysis, auth: auth)
        let notices = Narrative(analysis).notices
        let took = Decimals.fixed(auth.runSeconds ?? auth.measuredSeconds, places: 0)
        return StudyReport(
            kind: "study of auth schemes", title: analysis.title,
            facts: EnvironmentFacts(analysis: analysis).run + [StudyReport.Fact(name: "Took", value: "\(took) s")],
            notices: notices, headline: narrative.headline, sentences: narrative.sentences,
            caveat: AuthNarrative.caveat, sections: sections, decision: decision,
            summary: .goals(
                auth.goals, headline: narrative.headline, narrative.sentences, read.map(\.sentences),
                notices),
            figures: AuthFigures.all(auth), gaps: AuthFigures.gaps(auth),
            method: AuthNarrative.method.dropLast(),
            sources: ReportSources(
                optional: ["legibility.json", "code.json"], figures: ["auth.csv", "auth.json", "figures.csv"]))
    }

    private var readings: [ReportSection.Part] {
        read.flatMap { [ReportSection.Part].reading($0.scheme, $0.sentences) }
    }

    private var sections: [ReportSection] {
        [
            ReportSection(
                id: "goals", title: "Goals",
                .paragraph(
                    "What was to be reached, and the worst that was found. A goal that is stated for more streams than a run "
                        + "has is not measured by it.", in: .page) + .plainTable(tables.goals)),
            ReportSection(
                id: "readings", title: "Schemes, read",
                .paragraph("Two sentences a scheme, made of the figures below.", in: .page) + readings),
            ReportSection(
                id: "vectors", title: "Vectors",
                .paragraph(
                    "A table for each path, a row for each scheme, ten parts each. Under exchanges stand the bytes, and "
                        + "requests, round trips and bytes of coming back and of a renewal. What cannot exist says why.",
                    in: .page)
                    + .paragraph(
                        "A row for each scheme, a table for each path. Under exchanges: requests / round trips / bytes.",
                        in: .text) + .tables(tables.vectors)),
            ReportSection(
                id: "fronts", title: "Pareto fronts",
                .paragraph(
                    ([ParetoFront.rule] + [auth.fronts.missingSentence].compactMap { $0 }).joined(separator: " "))
                    + .plainTable(tables.fronts)),
            ReportSection(
                id: "details", title: "Details",
                .paragraph("Every figure behind the vectors.", in: .page) + .details(AuthDetails(analysis: auth).all)),
        ]
    }

    // MARK: Decision

    private var decision: DecisionRecord {
        DecisionRecord(
            question: "Which auth scheme for order updates?",
            context:
                "The same principal watches the same order over every transport; what differs is how the client shows who it is. "
                + "This record says what each scheme costs and leaves behind, and how soon it ends.",
            options: auth.schemes, findings: readings,
            outcome: .paragraph(
                "No scheme is proposed over all others: on each path it is one of the front, by what the application weighs most."
            )
                + .list(outcome), gaps: gaps,
            figures: [ReportSection(id: "vectors", title: "", .tables(tables.vectors) + .plainTable(tables.goals))])
    }

    private var outcome: [String] {
        auth.fronts.map { front in
            let members = front.front.map { member in
                member.scheme
                    + (member.strengths.isEmpty
                        ? "" : " (none does better in \(Prose.list(member.strengths.map(\.rawValue))))")
            }
            return "\(front.path.label): \(members.joined(separator: "; "))"
        }
    }

    private var gaps: [String] {
        let open =
            auth.goals.filter { $0.outcome == .notMeasured }.map { "\($0.name): \($0.goal); found: \($0.found)" }
            + [auth.fronts.missingSentence].compactMap { $0 }
        let failed = auth.exclusions.unmeasured.map {
            "\($0.cell.auth) over \(AuthPath($0.cell).label): \($0.reason)"
        }
        let omitted = unique(auth.vectors.flatMap { $0.summary.omissions ?? [] }.map { "\($0.part): \($0.reason)" })
        return open + failed + omitted
            + [
                "what clients in the field do, browsers' own stores of cookies and certificates included",
                "networks with loss and delay: the counts of round trips tell what they would cost there",
            ]
    }
}
