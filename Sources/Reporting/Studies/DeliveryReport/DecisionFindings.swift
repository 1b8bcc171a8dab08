internal import ExperimentModel
internal import Measurement

/// The conclusions of the decision record, in sentences.
struct DecisionFindings {
    let analysis: Analysis

    /// What the data supports. It never says more than the verdicts.
    var outcome: [String] {
        guard let pair = Narrative(analysis).headToHead else {
            return ["None: the run compares no two transports that push, so it does not answer the question."]
        }
        let first = pair.subject.label
        let second = pair.reference.label
        switch pair.unanimous {
        case .lower:
            return ["Where p99 delivery latency decides, \(first): it is lower in every condition that was measured."]
        case .higher:
            return ["Where p99 delivery latency decides, \(second): it is lower in every condition that was measured."]
        case .equivalent:
            return [
                "Latency does not decide between \(second) and \(first): they are equivalent in every condition that "
                    + "was measured. Decide by cost, and by what this data does not cover."
            ]
        case .notEnoughData:
            return [
                "None yet: the data does not separate \(second) from \(first) by p99 delivery latency. "
                    + "More blocks narrow the intervals; until then decide by cost, and by what this data does not cover."
            ]
        case nil:
            return [
                "It depends on the condition: the p99 delivery latency of \(first) against \(second) is "
                    + "\(pair.breakdown) of \(pair.contrasts.count) conditions. Decide by the condition that is yours."
            ]
        }
    }

    /// What each option means compared with the first. Only differences with a verdict are stated.
    var consequences: [String] {
        guard let reference = analysis.subjects.first else { return [] }
        var sentences = analysis.subjects.dropFirst().compactMap { consequence($0, against: reference) }
        let slopes = analysis.memory.compactMap { fit in
            fit.slope.map { "\(fit.subject.label) (\(fit.factors)) \(Unit.bytes.text($0))" }
        }
        if !slopes.isEmpty { sentences.append("Server memory per connection: \(slopes.joined(separator: ", ")).") }
        let impossible = analysis.exclusions.filter { $0.status == .skipped }
        for reason in unique(impossible.map(\.reason)) {
            let cells = impossible.filter { $0.reason == reason }
            let subjects = Prose.list(unique(cells.map { Subject($0.cell).label }))
            sentences.append("\(subjects) cannot be had in \(Decimals.count(cells.count, "cell")): \(reason)")
        }
        return sentences
    }

    private func consequence(_ subject: Subject, against reference: Subject) -> String? {
        let parts = Metric.compared.compactMap { metric -> String? in
            guard let tally = VerdictCount(subject, against: reference, metric, in: analysis) else { return nil }
            switch tally.unanimous {
            case .lower, .higher:
                return tally.ratios.isEmpty ? nil : "\(metric.title) \(Prose.differences(tally.ratios))"
            case .equivalent: return "\(metric.title) equivalent"
            case .notEnoughData: return "\(metric.title) undecided"
            case nil: return "\(metric.title) \(tally.breakdown) conditions"
            }
        }
        return parts.isEmpty ? nil : "\(subject.label), against \(reference.label): \(parts.joined(separator: "; "))."
    }

    var gaps: [String] { CoverageGaps(analysis: analysis).all }
}
