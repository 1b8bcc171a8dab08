/// The page of a study of sessions as its template sees it.
struct SessionsPage {
    var title: String
    var study: String
    var facts: [Page.Fact]
    var notices: [String]
    var headline: String
    var sentences: [String]
    var caveat: String
    /// None or one.
    var goals: [PageTable]
    var readings: [Reading]
    var sections: [Section]
    var method: [String]
    var environment: [Page.Fact]
    var environmentNote: Words
    /// Markup of our own.
    var symbols: Words
    var style: String

    struct Reading {
        var title: String
        var text: String
    }

    struct Section {
        var id: String
        var title: String
        var note: String
        var tables: [PageTable]
        var figures: [PageFigure]
        var details: [PageTable]
    }

    init(_ analysis: Analysis, _ sessions: SessionsAnalysis, _ drawing: FigureDrawing) async throws {
        let narrative = SessionsNarrative(analysis: analysis, sessions: sessions)
        let facts = EnvironmentFacts(analysis: analysis)
        title = analysis.title
        study = Prose.list(sessions.studies.map(\.title))
        self.facts =
            facts.run.map { Page.Fact(name: $0.name, value: $0.value) }
            + [Page.Fact(name: "Measuring", value: "\(Decimals.fixed(sessions.measuredSeconds, places: 0)) s")]
            + (narrative.shared.map { [Page.Fact(name: "In all cells", value: $0)] } ?? [])
        notices = Narrative(analysis).notices.map(Prose.unbroken)
        headline = narrative.headline
        sentences = narrative.sentences.map(Prose.unbroken)
        caveat = Prose.unbroken(narrative.caveat)
        goals = sessions.goals.isEmpty ? [] : [PageTable(sessions.goals)]
        readings = SessionReading.all(sessions).map {
            Reading(title: $0.title, text: Prose.unbroken($0.sentences.joined(separator: " ")))
        }
        sections = []
        for section in SessionsSection.all(sessions) {
            sections.append(
                Section(
                    id: section.id, title: section.title, note: Prose.unbroken(section.note), tables: section.tables,
                    figures: try await drawing.draw(section.figures), details: section.details))
        }
        method = narrative.method
        environment = facts.all.map { Page.Fact(name: $0.name, value: $0.value) }
        environmentNote = Words(facts.note)
        symbols = sections.contains { !$0.figures.isEmpty } ? Words(InlineSVG.symbols) : ""
        style = PageTemplates.style
    }
}
