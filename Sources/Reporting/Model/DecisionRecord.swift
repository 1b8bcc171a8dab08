/// What a report says for a decision, in the manner of MADR (Markdown Architectural Decision Records).
struct DecisionRecord {
    var question: String
    var context: String
    var options: [String]
    /// Behind the headline and the sentences of the report.
    var findings: [ReportSection.Part]
    var outcome: [ReportSection.Part]
    /// Nil where the outcome says them.
    var consequences: [String]?
    /// What the data does not cover.
    var gaps: [String]
    var figures: [ReportSection]
    /// How to measure the same again; empty where that goes without saying.
    var repetition = ""
}
