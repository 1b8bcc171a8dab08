/// The outcome of a study of sessions in a terminal: goals, then two sentences a transport and strategy.
enum SessionsSummaryText {
    static func lines(_ analysis: Analysis, _ sessions: SessionsAnalysis) -> [String] {
        let narrative = SessionsNarrative(analysis: analysis, sessions: sessions)
        let readings = SessionReading.all(sessions).map { $0.sentences.joined(separator: " ") }
        return [narrative.headline + "."] + sessions.goals.lines + narrative.sentences + readings
            + Narrative(analysis).notices
    }
}
