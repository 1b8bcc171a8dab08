/// A part of a report with a heading.
struct ReportSection {
    /// Names it within the report.
    var id: String
    /// Empty where the parts stand without one.
    var title: String
    /// As the contents have it.
    var shortTitle: String
    var parts: [Part]

    struct Part {
        enum Content {
            case paragraph(String)
            /// A paragraph that says how to read what follows.
            case guide(String)
            /// A paragraph with a heading of its own.
            case reading(title: String, text: String)
            case list([String])
            case table(PageTable)
            /// A table whose caption is said already, where the form can leave it out.
            case plainTable(PageTable)
            case figures([Figure])
            /// A table that only some readers want: folded, where the form can.
            case detail(PageTable)
        }

        var content: Content
        var forms: Forms
    }

    /// Where a part is shown.
    struct Forms: OptionSet {
        var rawValue: Int

        static let page = Self(rawValue: 1)
        static let text = Self(rawValue: 2)
        static let all: Self = [.page, .text]
    }

    init(id: String, title: String, shortTitle: String? = nil, _ parts: [Part]) {
        self.id = id
        self.title = title
        self.shortTitle = shortTitle ?? title
        self.parts = parts
    }

    /// What a form shows of it; nil where that is nothing.
    func shown(in form: Forms) -> ReportSection? {
        var section = self
        section.parts = parts.filter { !$0.forms.isDisjoint(with: form) }
        return section.parts.isEmpty ? nil : section
    }

    var hasFigures: Bool { parts.contains { if case .figures = $0.content { true } else { false } } }
}

/// Those that have something to show.
extension [ReportSection.Part] {
    typealias Forms = ReportSection.Forms

    static func paragraph(_ text: String, in forms: Forms = .all) -> Self {
        text.isEmpty ? [] : [Element(content: .paragraph(text), forms: forms)]
    }

    static func guide(_ text: String, in forms: Forms = .all) -> Self {
        text.isEmpty ? [] : [Element(content: .guide(text), forms: forms)]
    }

    static func reading(_ title: String, _ sentences: [String]) -> Self {
        [Element(content: .reading(title: title, text: sentences.joined(separator: " ")), forms: .all)]
    }

    static func list(_ items: [String], in forms: Forms = .text) -> Self {
        [Element(content: .list(items), forms: forms)]
    }

    static func tables(_ tables: [PageTable], in forms: Forms = .all) -> Self {
        tables.map { Element(content: .table($0), forms: forms) }
    }

    static func plainTable(_ table: PageTable, in forms: Forms = .all) -> Self {
        table.rows.isEmpty ? [] : [Element(content: .plainTable(table), forms: forms)]
    }

    static func figures(_ figures: [Figure]) -> Self {
        figures.isEmpty ? [] : [Element(content: .figures(figures), forms: .page)]
    }

    static func details(_ tables: [PageTable], in forms: Forms = .all) -> Self {
        tables.map { Element(content: .detail($0), forms: forms) }
    }
}
