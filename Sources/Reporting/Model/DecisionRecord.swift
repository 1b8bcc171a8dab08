/// The contents of `decision.md`, in the manner of MADR (Markdown Architectural Decision Records).
struct DecisionRecord {
    var question: String
    var context: String
    var options: [String]
    /// They follow the headline and the sentences of the report.
    var findings: [ReportSection.Part]
    var outcome: [ReportSection.Part]
    /// Nil if the outcome contains them.
    var consequences: [String]?
    /// What the run does not cover.
    var gaps: [String]
    var figures: [ReportSection]
    /// How to repeat the measurement; empty if there is nothing special to say.
    var repetition = ""
}
