/// A part of a report with a heading.
struct ReportSection {
    /// Unique within the report.
    var id: String
    /// Empty if the parts have no heading.
    var title: String
    /// For the table of contents.
    var shortTitle: String
    var parts: [Part]

    struct Part {
        enum Content {
            case paragraph(String)
            /// A paragraph that says how to read the parts after it.
            case guide(String)
            /// A paragraph with a heading of its own.
            case reading(title: String, text: String)
            case list([String])
            case table(PageTable)
            /// A table whose caption would repeat the text before it. A form may leave the caption out.
            case plainTable(PageTable)
            case figures([Figure])
            /// A table that only some readers want, folded if the form can fold.
            case detail(PageTable)
        }

        var content: Content
        var forms: Forms
    }

    /// The forms that show a part.
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

    /// The section with the parts that a form shows; nil if it shows none.
    func shown(in form: Forms) -> ReportSection? {
        var section = self
        section.parts = parts.filter { !$0.forms.isDisjoint(with: form) }
        return section.parts.isEmpty ? nil : section
    }

    var hasFigures: Bool { parts.contains { if case .figures = $0.content { true } else { false } } }
}

/// Each is empty if there is nothing to show.
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
