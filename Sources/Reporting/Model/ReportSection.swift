/// A part of a report with a heading.
struct ReportSection {
    /// Names it within the report.
    var id: String
    var title: String
    /// As the contents have it.
    var shortTitle: String
    var parts: [Part]

    enum Part {
        case paragraph(String)
        /// A paragraph that says how to read what follows.
        case guide(String)
        /// A paragraph with a heading of its own.
        case reading(title: String, text: String)
        case table(PageTable)
        case figures([Figure])
        /// A table that only some readers want: folded, where the form can.
        case detail(PageTable)
    }

    init(id: String, title: String, shortTitle: String? = nil, _ parts: [Part]) {
        self.id = id
        self.title = title
        self.shortTitle = shortTitle ?? title
        self.parts = parts
    }

    var isEmpty: Bool { parts.isEmpty }

    var hasFigures: Bool { parts.contains { if case .figures = $0 { true } else { false } } }
}

extension [ReportSection.Part] {
    static func paragraph(_ text: String) -> Self { text.isEmpty ? [] : [.paragraph(text)] }

    static func tables(_ tables: [PageTable]) -> Self { tables.map { .table($0) } }

    static func figures(_ figures: [Figure]) -> Self { figures.isEmpty ? [] : [.figures(figures)] }

    static func details(_ tables: [PageTable]) -> Self { tables.map { .detail($0) } }
}
