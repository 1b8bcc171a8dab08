/// The contents of a report before it takes a form. A study creates them, and each renderer writes them.
struct StudyReport {
    struct Fact {
        var name: String
        var value: String
    }

    /// What kind of report it is: `study of storms`.
    var kind: String
    var title: String
    /// Empty if the title says enough.
    var lead: Words = ""
    /// Facts about the run.
    var facts: [Fact]
    /// Warnings that a reader must see first.
    var notices: [String]
    /// The answer in one line, without a full stop.
    var headline: String
    var sentences: [String]
    /// What a reader must know before believing the sentences.
    var caveat: Words
    /// The levels that all cells share, if they are not among the facts.
    var shared: String?
    /// In the order of the report.
    var sections: [ReportSection]
    var decision: DecisionRecord
    var summary: RunSummary
    /// All figures, for programs.
    var figures: [FigureGroup]
    /// What could not be measured, and why.
    var gaps: [FigureGroup]
    var method: [String]
    var sources: ReportSources

    /// Chooses the study of the analysis.
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

/// The names of the files that a report is computed from, and of those that repeat its figures.
struct ReportSources {
    static let always = ["observations.jsonl", "environment.json"]

    /// Inputs that a run may lack.
    var optional: [String] = []
    /// Files with the same figures.
    var figures: [String]
    /// The file with the samples of long windows; nil if there are none.
    var samples: String?
}
