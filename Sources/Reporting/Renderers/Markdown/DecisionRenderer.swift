internal import ExperimentModel

/// `decision.md`: a decision record in the manner of MADR, its text derived from the data.
public struct DecisionRenderer: Renderer {
    public let fileName = "decision.md"
    public let purpose = "a decision record (MADR) with what the data says, and what it does not cover"

    public init() {}

    public func render(_ analysis: Analysis) -> String {
        if let auth = analysis.auth { return AuthMarkdown(analysis: analysis, auth: auth).decision }
        if let sessions = analysis.sessions { return SessionsMarkdown(analysis, sessions).decision }
        let narrative = Narrative(analysis)
        let sections = MarkdownSections(analysis: analysis)
        let findings = DecisionFindings(analysis: analysis)
        return """
            # SSE, WebSocket or polling for order updates?

            - Status: proposed by the data, to be decided by people
            - Date: \(String(analysis.lastStart.prefix(10)).forMarkdown)
            - Data: experiment \(analysis.experiment.forMarkdown), run \(analysis.runs.joined(separator: ", ").forMarkdown)

            ## Context

            A client watches orders move through fulfilment. The updates are the same bytes over every transport; what \
            differs is when they arrive, what they cost, and what a transport cannot do. This record says what one run \
            of one experiment shows.

            ## Options

            \(list(analysis.subjects.map(\.label)))
            ## What the data says

            \(sections.notices)**\(narrative.headline.forMarkdown).** \(sections.paragraph(narrative.sentences))
            \(sections.paragraph([narrative.trust]))
            ## Proposed outcome

            \(sections.paragraph(findings.outcome))
            ## Consequences

            \(list(findings.consequences))
            ## What the data does not cover

            \(list(findings.gaps))
            ## Figures

            Figures \(analysis.cells.intervalPhrase). A ratio within \(Decimals.percent(analysis.margin)) of 1 counts \
            as equivalent.

            \(sections.comparisons(level: 3))
            \(sections.drift(level: 3))### Delivery ledger and client

            \(sections.ledgers)
            ### Footprint

            \(sections.footprint)
            ### Not measured, and why

            \(sections.findings)
            ### Noise: one cell, measured twice

            \(sections.noise)
            ## Environment

            \(sections.environment)
            ## Regenerate

            This text is a pure function of `observations.jsonl` and `environment.json` beside it:

            ```sh
            tandem report .
            ```

            To repeat the measurement with the same order of trials, run the experiment with seed \
            \(analysis.seeds.map { "\($0)" }.joined(separator: ", ")).

            """
    }

    private func list(_ items: [String]) -> String {
        items.isEmpty ? "- none\n" : items.map { "- \($0.forMarkdown)" }.joined(separator: "\n") + "\n"
    }
}
