/// The outcome of a study of auth in a terminal: goals, then two sentences a scheme.
enum AuthSummaryText {
    static func lines(_ analysis: Analysis, _ auth: AuthAnalysis) -> [String] {
        let narrative = AuthNarrative(analysis: analysis, auth: auth)
        let readings = AuthReading.all(auth).map { $0.sentences.joined(separator: " ") }
        return [narrative.headline + "."] + auth.goals.lines + narrative.sentences + readings
            + Narrative(analysis).notices
    }
}
