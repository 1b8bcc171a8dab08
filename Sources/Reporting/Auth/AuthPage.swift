/// The page of a study of auth as its template sees it.
struct AuthPage {
    var title: String
    var facts: [Page.Fact]
    var notices: [String]
    var headline: String
    var sentences: [String]
    var caveat: String
    var goals: [PageTable]
    var readings: [Reading]
    var vectors: [PageTable]
    var rule: String
    var fronts: [PageTable]
    var details: [PageTable]
    var method: [String]
    var environment: [Page.Fact]
    var environmentNote: Words
    /// Markup of our own.
    var style: String

    struct Reading {
        var scheme: String
        var text: String
    }

    init(_ analysis: Analysis, _ auth: AuthAnalysis) {
        let narrative = AuthNarrative(analysis: analysis, auth: auth)
        let tables = AuthTables(analysis: auth)
        let facts = EnvironmentFacts(analysis: analysis)
        title = analysis.title
        self.facts =
            facts.run.map { Page.Fact(name: $0.name, value: $0.value) }
            + [
                Page.Fact(
                    name: "Took", value: "\(Decimals.fixed(auth.runSeconds ?? auth.measuredSeconds, places: 0)) s")
            ]
        notices = Narrative(analysis).notices.map(Prose.unbroken)
        headline = narrative.headline
        sentences = narrative.sentences.map(Prose.unbroken)
        caveat = Prose.unbroken(AuthNarrative.caveat)
        goals = [tables.goals]
        readings = AuthReading.all(auth).map { Reading(scheme: $0.scheme, text: Prose.unbroken($0.sentences.joined(separator: " "))) }
        vectors = tables.vectors
        rule = ParetoFront.rule
        fronts = auth.fronts.isEmpty ? [] : [tables.fronts]
        details = AuthDetails(analysis: auth).all
        method = AuthNarrative.method.dropLast()
        environment = facts.all.map { Page.Fact(name: $0.name, value: $0.value) }
        environmentNote = Words(facts.note)
        style = PageTemplates.style
    }
}
