/// `report.md`: the report as text, to paste into an issue or a review.
public struct MarkdownRenderer: Renderer {
    public let fileName = "report.md"
    public let purpose = "the report as Markdown, for issues and reviews"

    public init() {}

    public func render(_ analysis: Analysis) -> String {
        let report = StudyReport(analysis)
        var document = MarkdownDocument()
        document.heading(1, report.title)
        document.verdict(report)
        document.paragraph(report.caveat.renderText + (report.shared.map { " In all cells: \($0)." } ?? ""))
        document.sections(report.sections, level: 2)
        document.heading(2, "Method")
        document.list(report.method)
        document.environment(analysis)
        return document.text
    }
}
