internal import Measurement

/// The verdicts on one subject against another in one metric, over all conditions in which both were measured.
struct VerdictCount {
    let subject: Subject
    let reference: Subject
    let metric: Metric
    let contrasts: [PairComparison]
    let conditionLabels: [String]
    let margin: Double

    /// Nil if no condition compares the two.
    init?(_ subject: Subject, against reference: Subject, _ metric: Metric, in analysis: Analysis) {
        let found = analysis.groups.compactMap { group in
            analysis.contrast(subject, against: reference, metric, group.condition).map { (group.label, $0) }
        }
        guard !found.isEmpty else { return nil }
        self.subject = subject
        self.reference = reference
        self.metric = metric
        contrasts = found.map(\.1)
        conditionLabels = found.map(\.0)
        margin = analysis.margin
    }

    func count(_ verdict: Verdict) -> Int { contrasts.count { $0.verdict == verdict } }

    /// The verdict that all conditions share; nil if they differ.
    var unanimous: Verdict? {
        guard let first = contrasts.first?.verdict else { return nil }
        return count(first) == contrasts.count ? first : nil
    }

    var sentence: String {
        let where_ = contrasts.count == 1 ? "under \(conditionLabels[0])" : "in all \(contrasts.count) conditions"
        switch unanimous {
        case .lower, .higher:
            let direction = unanimous == .lower ? "lower" : "higher"
            return "The \(metric.title) of \(subject.label) is \(direction) than that of \(reference.label) "
                + "\(where_)\(effect)."
        case .equivalent:
            return "The \(metric.title) of \(subject.label) and of \(reference.label) are equivalent \(where_): "
                + "within \(Decimals.percent(margin)) of each other."
        case .notEnoughData:
            return "The \(metric.title) of \(subject.label) and of \(reference.label) cannot be told apart "
                + "\(where_): \(obstacle)."
        case nil:
            return "The \(metric.title) of \(subject.label) against \(reference.label) is \(breakdown) "
                + "of \(contrasts.count) conditions."
        }
    }

    /// `lower in 2, equivalent in 1 and undecided in 1`.
    var breakdown: String {
        let parts = [
            (Verdict.lower, "lower in"), (.higher, "higher in"), (.equivalent, "equivalent in"),
            (.notEnoughData, "undecided in"),
        ].compactMap { verdict, words in count(verdict) > 0 ? "\(words) \(count(verdict))" : nil }
        return Prose.list(parts)
    }

    /// The ratios that are finite and positive.
    var ratios: [Double] { contrasts.compactMap(\.ratio).filter { $0.isFinite && $0 > 0 } }

    /// `: 8.4 % to 11 % less`; empty if there is no usable ratio.
    private var effect: String {
        guard !ratios.isEmpty else { return "" }
        let noisy = contrasts.contains(where: \.isWithinNoise)
        return ": " + Prose.differences(ratios)
            + (noisy ? ", which is no more than two identical cells differed by" : "")
    }

    private var obstacle: String {
        let obstacles = unique(contrasts.compactMap(\.obstacle))
        guard obstacles.count != 1 else { return obstacles[0] }
        let blocks = contrasts.map(\.blocks)
        let most = Decimals.count(blocks.max() ?? 0, "block")
        return blocks.min() == blocks.max() ? "not enough data in \(most)" : "not enough data in at most \(most)"
    }
}
