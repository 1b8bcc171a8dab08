internal import ExperimentModel

/// The same report as text.
struct AuthMarkdown {
    let analysis: Analysis
    let auth: AuthAnalysis
    private var narrative: AuthNarrative { AuthNarrative(analysis: analysis, auth: auth) }
    private var tables: AuthTables { AuthTables(analysis: auth) }
    private var sections: MarkdownSections { MarkdownSections(analysis: analysis) }

    var report: String {
        """
        # \(analysis.title.forMarkdown)

        \(sections.notices)**\(narrative.headline.forMarkdown).** \(sections.paragraph(narrative.sentences))
        \(AuthNarrative.caveat.forMarkdown)

        ## Goals

        \(tables.goals.markdown)
        ## Schemes, read

        \(readings)
        ## Vectors

        A row for each scheme, a table for each path. Under exchanges: requests / round trips / bytes.

        \(all(tables.vectors))
        ## Pareto fronts

        \(ParetoFront.rule.forMarkdown)

        \(tables.fronts.markdown)
        ## Details

        \(all(AuthDetails(analysis: auth).all))
        ## Method

        \(list(AuthNarrative.method.dropLast()))
        ## Environment

        \(sections.environment)
        """
    }

    var decision: String {
        """
        # Which auth scheme for order updates?

        - Status: proposed by the data, to be decided by people
        - Date: \(String(analysis.lastStart.prefix(10)).forMarkdown)
        - Data: experiment \(analysis.experiment.forMarkdown), run \(analysis.runs.joined(separator: ", ").forMarkdown)

        ## Context

        The same principal watches the same order over every transport; what differs is how the client shows who it is. This \
        record says what each scheme costs and leaves behind, and how soon it ends.

        ## Options

        \(list(auth.schemes))
        ## What the data says

        \(sections.notices)**\(narrative.headline.forMarkdown).** \(sections.paragraph(narrative.sentences))
        \(readings)
        ## Proposed outcome

        No scheme is proposed over all others: on each path it is one of the front, by what the application weighs most.

        \(list(outcome))
        ## What the data does not cover

        \(list(gaps))
        ## Figures

        \(all(tables.vectors))
        \(tables.goals.markdown)
        ## Environment

        \(sections.environment)
        ## Regenerate

        This text is a pure function of `observations.jsonl`, `environment.json` and, where they are there, `legibility.json` \
        and `code.json` beside it:

        ```sh
        tandem report .
        ```

        """
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
        let open = auth.goals.filter { $0.outcome == .notMeasured }.map { "\($0.name): \($0.goal); found: \($0.found)" }
        let failed = auth.gaps.filter { $0.status == .failed || $0.status == .invalid }
            .map { "\($0.scheme) over \($0.path.label): \($0.reason)" }
        let omitted = unique(auth.vectors.flatMap { $0.summary.omissions ?? [] }.map { "\($0.part): \($0.reason)" })
        return open + failed + omitted
            + [
                "what clients in the field do, browsers' own stores of cookies and certificates included",
                "networks with loss and delay: the counts of round trips tell what they would cost there",
            ]
    }

    private var readings: String {
        AuthReading.all(auth).map {
            "**\($0.scheme.forMarkdown)**: \($0.sentences.joined(separator: " ").forMarkdown)\n"
        }
        .joined(separator: "\n")
    }

    private func all(_ tables: [PageTable]) -> String {
        tables.map { table in
            let detail = table.detail.isNull ? "" : table.detail.renderText.forMarkdown + "\n\n"
            return "### \(table.caption.forMarkdown)\n\n\(detail)\(table.markdown)"
        }.joined(separator: "\n")
    }

    private func list(_ items: some Collection<String>) -> String {
        items.isEmpty ? "- none\n" : items.map { "- \($0.forMarkdown)" }.joined(separator: "\n") + "\n"
    }
}
