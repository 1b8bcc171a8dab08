/// A goal, and whether the run meets it.
public struct Goal: Sendable, Hashable {
    public enum Outcome: String, Sendable, Hashable {
        case met, missed
        case notMeasured = "not measured"
    }

    public var name: String
    public var goal: String
    public var found: String
    public var outcome: Outcome

    public init(name: String, goal: String, found: String, outcome: Outcome) {
        self.name = name
        self.goal = goal
        self.found = found
        self.outcome = outcome
    }
}

extension [Goal] {
    /// The number of goals that are met, in one line without a full stop.
    var headline: String {
        let missed = count { $0.outcome == .missed }
        let met = count { $0.outcome == .met }
        guard met + missed > 0 else { return "No goal was measured whole in this run" }
        guard missed > 0 else {
            switch met {
            case 1: return "The one goal that this run measures is met"
            case 2: return "Both goals that this run measures are met"
            default: return "All \(met) goals that this run measures are met"
            }
        }
        return "\(Decimals.integer(met)) of \(Decimals.count(met + missed, "goal")) that this run measures "
            + (met == 1 ? "is met" : "are met")
    }

    /// Nil if no goal is missed.
    var missedSentence: String? {
        let missed = filter { $0.outcome == .missed }
        guard !missed.isEmpty else { return nil }
        return "Missed: " + missed.map { "\($0.name) (\($0.found))" }.joined(separator: "; ") + "."
    }

    /// One line for each goal, for a terminal.
    var lines: [String] { map { "  \($0.outcome.rawValue): \($0.name), \($0.goal): \($0.found)" } }
}

extension PageTable {
    /// One row for each goal, with its outcome.
    init(_ goals: [Goal]) {
        self.init(
            "Goals",
            columns: [
                Column(title: "Goal"), Column(title: "Wanted", isText: true), Column(title: "Found", isText: true),
                Column(title: "Outcome", isText: true),
            ],
            rows: goals.map { goal in
                let chip: Words =
                    switch goal.outcome {
                    case .met: "ok"
                    case .missed: "failed"
                    case .notMeasured: "undecided"
                    }
                return Row(
                    heading: goal.name,
                    cells: [
                        Cell(text: goal.goal, isReason: true), Cell(text: goal.found, isReason: true),
                        Cell(text: goal.outcome.rawValue, chip: chip, isText: true),
                    ])
            }, isWide: false)
    }
}
