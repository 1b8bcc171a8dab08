/// The outcome of a study of auth in a terminal: goals, then two sentences a scheme.
enum AuthSummaryText {
    static func lines(_ analysis: Analysis, _ auth: AuthAnalysis) -> [String] {
        let narrative = AuthNarrative(analysis: analysis, auth: auth)
        let goals = auth.goals.map { "  \($0.outcome.rawValue): \($0.name), \($0.goal): \($0.found)" }
        let readings = AuthReading.all(auth).map { $0.sentences.joined(separator: " ") }
        return [narrative.headline + "."] + goals + narrative.sentences + readings
            + [Narrative(analysis).completenessSentence].compactMap { $0 }
    }
}
