/// A document in GitHub-flavoured Markdown, built block by block. Text from outside is escaped when it is added.
struct MarkdownDocument {
    private var blocks: [String] = []

    /// The blocks, separated by empty lines.
    var text: String { blocks.joined(separator: "\n\n") + "\n" }

    mutating func heading(_ level: Int, _ title: String) {
        blocks.append(String(repeating: "#", count: level) + " " + title.forMarkdown)
    }

    mutating func paragraph(_ text: String) {
        if !text.isEmpty { blocks.append(text.forMarkdown) }
    }

    /// A paragraph that begins in bold.
    mutating func paragraph(bold: String, _ rest: String) {
        blocks.append("**\(bold.forMarkdown)**\(rest.forMarkdown)")
    }

    /// An empty list is written as the item `none`.
    mutating func list(_ items: [String]) {
        blocks.append((items.isEmpty ? ["none"] : items).map { "- \($0.forMarkdown)" }.joined(separator: "\n"))
    }

    mutating func quotation(_ text: String) { blocks.append("> \(text.forMarkdown)") }

    /// Appends our own markup without escaping.
    mutating func verbatim(_ block: String) { blocks.append(block) }

    mutating func table(_ table: PageTable) { blocks.append(table.markdown) }

    /// - Parameter level: the level of the sections' headings. The captions of their tables are one level lower.
    mutating func sections(_ sections: [ReportSection], level: Int) {
        for section in sections.compactMap({ $0.shown(in: .text) }) {
            if !section.title.isEmpty { heading(level, section.title) }
            parts(section.parts, level: section.title.isEmpty ? level : level + 1)
        }
    }

    /// - Parameter level: the level of the captions of tables.
    mutating func parts(_ parts: [ReportSection.Part], level: Int) {
        for part in parts {
            switch part.content {
            case .paragraph(let text), .guide(let text): paragraph(text)
            case .reading(let title, let text): paragraph(bold: title, ": " + text)
            case .list(let items): list(items)
            case .table(let table), .detail(let table):
                heading(level, table.caption)
                paragraph(table.detail.renderText)
                self.table(table)
            case .plainTable(let table): self.table(table)
            case .figures: break
            }
        }
    }

    /// The notices, then the answer.
    mutating func verdict(_ report: StudyReport) {
        for notice in report.notices { quotation(notice) }
        paragraph(
            bold: report.headline + ".", report.sentences.isEmpty ? "" : " " + report.sentences.joined(separator: " "))
    }

    mutating func environment(_ analysis: Analysis) {
        let facts = EnvironmentFacts(analysis: analysis)
        heading(2, "Environment")
        paragraph(facts.note)
        list((facts.run + facts.all).map { "\($0.name): \($0.value)" })
    }
}
