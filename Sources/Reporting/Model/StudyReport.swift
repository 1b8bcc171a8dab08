/// What a report says of a run, before it takes a form: a study makes it, and each renderer writes it down.
struct StudyReport {
    struct Fact {
        var name: String
        var value: String
    }

    /// What kind of report it is: `study of storms`.
    var kind: String
    var title: String
    /// Empty where the title says enough.
    var lead: Words = ""
    /// Of the run.
    var facts: [Fact]
    /// What a reader must know before anything else.
    var notices: [String]
    /// The answer in one line, without a full stop.
    var headline: String
    var sentences: [String]
    /// What a reader must know before believing them.
    var caveat: Words
    /// What all cells have in common, where that is said apart from the facts.
    var shared: String?
    /// In the order of the report.
    var sections: [ReportSection]
    var decision: DecisionRecord
    var summary: RunSummary
    /// Every figure, for programs.
    var figures: [FigureGroup]
    /// What could not be measured, with the reasons.
    var gaps: [FigureGroup]
    var method: [String]
    var sources: ReportSources

    /// Of an analysis of any study.
    init(_ analysis: Analysis) {
        if let auth = analysis.auth {
            self = AuthReport(analysis: analysis, auth: auth).report
        } else if let sessions = analysis.sessions {
            self = SessionsReport(analysis: analysis, sessions: sessions).report
        } else if let capacity = analysis.capacity {
            self = CapacityReport(analysis: analysis, capacity: capacity).report
        } else {
            self = DeliveryReport(analysis: analysis).report
        }
    }

    init(
        kind: String, title: String, lead: Words = "", facts: [Fact], notices: [String], headline: String,
        sentences: [String], caveat: String, shared: String? = nil, sections: [ReportSection],
        decision: DecisionRecord, summary: RunSummary, figures: [FigureGroup], gaps: [FigureGroup], method: [String],
        sources: ReportSources
    ) {
        self.kind = kind
        self.title = title
        self.lead = lead
        self.facts = facts
        self.notices = notices
        self.headline = headline
        self.sentences = sentences
        self.caveat = Words(caveat)
        self.shared = shared
        self.sections = sections
        self.decision = decision
        self.summary = summary
        self.figures = figures
        self.gaps = gaps
        self.method = method
        self.sources = sources
    }
}

/// The files that a report is made of, and those beside it.
struct ReportSources {
    static let always = ["observations.jsonl", "environment.json"]

    /// That a run may lack.
    var optional: [String] = []
    /// That hold the same figures.
    var figures: [String]
    /// That holds those of long windows; nil where there are none.
    var samples: String?
}
