/// The whole page as the template gets it.
struct Page {
    var report: StudyReport
    var facts: [StudyReport.Fact]
    var notices: [String]
    var sentences: [String]
    var caveat: Words
    var sections: [Section]
    var environment: [StudyReport.Fact]
    var environmentNote: Words
    /// The files that the page is computed from, and those that repeat its figures.
    var provenance: [Run]
    /// Our own markup: the point shapes, if the page has charts, and the style sheet.
    var symbols: Words
    var style: String

    struct Section {
        var id: String
        var title: String
        var shortTitle: String
        var parts: [Part]
    }

    /// Exactly one of the fields is set.
    struct Part {
        var paragraph: Words = ""
        var guide: Words = ""
        var subtitle: Words = ""
        var table: PageTable?
        /// None or one.
        var figures: [Figures] = []
        var detail: PageTable?
    }

    struct Figures {
        var all: [PageFigure]
    }

    /// A stretch of text, or the name of a file or a command.
    struct Run {
        var text: Words = ""
        var code: Words = ""
    }

    init(_ analysis: Analysis, _ drawing: FigureDrawing) async throws {
        report = StudyReport(analysis)
        let facts = EnvironmentFacts(analysis: analysis)
        notices = report.notices.map(Prose.unbroken)
        sentences = report.sentences.map(Prose.unbroken)
        caveat = Words(Prose.unbroken(report.caveat.renderText))
        sections = []
        for section in report.sections.compactMap({ $0.shown(in: .page) }) {
            var parts: [Part] = []
            for part in section.parts { parts += try await Self.parts(part, drawing) }
            sections.append(Section(id: section.id, title: section.title, shortTitle: section.shortTitle, parts: parts))
        }
        self.facts = report.facts + (report.shared.map { [StudyReport.Fact(name: "In all cells", value: $0)] } ?? [])
        environment = facts.all
        environmentNote = Words(facts.note)
        provenance = Self.provenance(report.sources)
        symbols = report.sections.contains(where: \.hasFigures) ? Words(InlineSVG.symbols) : ""
        style = PageTemplates.style
    }

    private static func parts(_ part: ReportSection.Part, _ drawing: FigureDrawing) async throws -> [Part] {
        switch part.content {
        case .paragraph(let text): [Part(paragraph: Words(Prose.unbroken(text)))]
        case .guide(let text): [Part(guide: Words(Prose.unbroken(text)))]
        case .reading(let title, let text):
            [Part(subtitle: Words(title)), Part(paragraph: Words(Prose.unbroken(text)))]
        case .list(let items): [Part(paragraph: Words(Prose.unbroken(items.joined(separator: "; "))))]
        case .table(let table), .plainTable(let table): [Part(table: table)]
        case .figures(let figures): [Part(figures: [Figures(all: try await drawing.draw(figures))])]
        case .detail(let table): [Part(detail: table)]
        }
    }

    private static func provenance(_ sources: ReportSources) -> [Run] {
        func files(_ names: [String]) -> [Run] {
            names.enumerated().flatMap { place, name in
                let joint = place == 0 ? "" : place + 1 == names.count ? " and " : ", "
                return [Run(text: Words(joint)), Run(code: Words(name))]
            }
        }
        var runs = [Run(text: "This page is a pure function of ")]
        runs += files(ReportSources.always) + [Run(text: " in its folder")]
        if !sources.optional.isEmpty {
            runs += [Run(text: " and, where they are there, of ")] + files(sources.optional)
        }
        runs += [Run(text: ". The same figures are in ")] + files(["report.md"] + sources.figures)
        if let samples = sources.samples {
            runs += [Run(text: ", those of long windows in "), Run(code: Words(samples))]
        }
        return runs + [Run(text: ", the decision record in "), Run(code: "decision.md"), Run(text: ".")]
    }
}
