/// `decision.md`: a decision record in the manner of MADR, with text derived from the data.
public struct DecisionRenderer: Renderer {
    public let fileName = "decision.md"
    public let purpose = "a decision record (MADR) with what the data says, and what it does not cover"

    public init() {}

    public func render(_ analysis: Analysis) -> String {
        let report = StudyReport(analysis)
        let record = report.decision
        var document = MarkdownDocument()
        document.heading(1, record.question)
        document.list([
            "Status: proposed by the data, to be decided by people", "Date: \(analysis.lastStart.prefix(10))",
            "Data: experiment \(analysis.experiment), run \(analysis.runs.joined(separator: ", "))",
        ])
        document.heading(2, "Context")
        document.paragraph(record.context)
        document.heading(2, "Options")
        document.list(record.options)
        document.heading(2, "What the data says")
        document.verdict(report)
        document.parts(record.findings, level: 3)
        document.heading(2, "Proposed outcome")
        document.parts(record.outcome, level: 3)
        if let consequences = record.consequences {
            document.heading(2, "Consequences")
            document.list(consequences)
        }
        document.heading(2, "What the data does not cover")
        document.list(record.gaps)
        document.heading(2, "Figures")
        document.sections(record.figures, level: 3)
        document.environment(analysis)
        document.heading(2, "Regenerate")
        document.verbatim("This text is a pure function of \(Self.files(report.sources)) beside it:")
        document.verbatim("```sh\ntandem report .\n```")
        document.paragraph(record.repetition)
        return document.text
    }

    private static func files(_ sources: ReportSources) -> String {
        func code(_ names: [String]) -> [String] { names.map { "`\($0)`" } }
        guard !sources.optional.isEmpty else { return Prose.list(code(ReportSources.always)) }
        return code(ReportSources.always).joined(separator: ", ") + " and, where they are there, "
            + Prose.list(code(sources.optional))
    }
}
