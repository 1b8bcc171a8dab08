/// `report.md`: the report as text, to paste into an issue or a review.
public struct MarkdownRenderer: Renderer {
    public let fileName = "report.md"
    public let purpose = "the report as Markdown, for issues and reviews"

    public init() {}

    public func render(_ analysis: Analysis) -> String {
        if let auth = analysis.auth { return AuthMarkdown(analysis: analysis, auth: auth).report }
        if let sessions = analysis.sessions { return SessionsMarkdown(analysis, sessions).report }
        let narrative = Narrative(analysis)
        let sections = MarkdownSections(analysis: analysis)
        let trust = narrative.trust
        return """
            # \(analysis.title.forMarkdown)

            \(sections.notices)**\(narrative.headline.forMarkdown).** \(sections.paragraph(narrative.sentences))
            \(sections.paragraph([trust]))
            ## Comparison

            \(sections.paragraph(["Figures \(analysis.cells.intervalPhrase).", narrative.floorSentence].compactMap { $0 }))
            \(sections.comparisons(level: 3))
            ## Memory against connections

            \(sections.memory)
            ## Footprint

            \(sections.footprint)
            \(sections.drift(level: 2))## Delivery ledger and client

            \(sections.ledgers)
            ## Findings

            \(sections.findings)
            ## Noise

            \(sections.noise)
            ## Method

            \(Method(analysis: analysis).sentences.map { "- \($0.forMarkdown)" }.joined(separator: "\n"))

            ## Environment

            \(sections.environment)
            """
    }
}
