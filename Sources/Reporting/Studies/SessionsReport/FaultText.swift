internal import ExperimentModel

/// A fault plan in words: the name of each step's fault, its time and its parameters.
struct FaultText {
    private let purposes: [String: String]

    init(_ analysis: SessionsAnalysis) { purposes = analysis.faultPurposes }

    func text(_ plan: FaultPlan?) -> String {
        guard let plan, !plan.steps.isEmpty else { return "nothing is broken" }
        let steps = plan.steps.map(text).joined(separator: "; then ")
        guard plan.steps.count == 1, let purpose = purposes[plan.steps[0].fault] else { return steps }
        return "\(purpose) (\(steps))"
    }

    /// The text as a sentence with a capital, unless it begins with the name of a fault.
    func sentence(_ plan: FaultPlan?) -> String {
        let text = text(plan)
        guard let first = text.first, plan.map({ !text.hasPrefix($0.steps.first?.fault ?? " ") }) ?? true else {
            return text + "."
        }
        return first.uppercased() + text.dropFirst() + "."
    }

    /// `black-hole at 1 s for 2 s, direction 1`.
    private func text(_ step: FaultStep) -> String {
        var text = step.fault
        if step.at > 0 { text += " at \(Decimals.plain(step.at)) s" }
        if let seconds = step.for { text += " for \(Decimals.plain(seconds)) s" }
        for (name, value) in step.parameters.sorted(by: { $0.key < $1.key }) {
            text += ", \(name) \(Decimals.plain(value))"
        }
        return text
    }
}
