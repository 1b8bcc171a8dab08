internal import ExperimentModel

/// The trials that are not `ok`, for a terminal: their number by status, then a line for each cell.
public enum ExclusionText {
    /// - Returns: lines that end in a newline; empty if every trial is `ok`.
    public static func text(_ analysis: Analysis) -> String {
        let statuses: [Observation.Status] = [.failed, .invalid, .skipped]
        return statuses.map { text(analysis.exclusions, $0) }.joined()
    }

    private static func text(_ exclusions: [Exclusion], _ status: Observation.Status) -> String {
        let excluded = exclusions.filter { $0.status == status }
        guard !excluded.isEmpty else { return "" }
        let byCell = Dictionary(grouping: excluded) { $0.cell.id }
        let lines = unique(excluded.map { $0.cell.id }).map { id in
            let reasons = byCell[id] ?? []
            let text = reasons.map(\.reason).joined(separator: "; ")
            return "  \(id), \(count(reasons)): \(text)".forTerminal + "\n"
        }
        return "\(count(excluded)) \(status.rawValue):\n" + lines.joined()
    }

    private static func count(_ exclusions: [Exclusion]) -> String {
        Decimals.count(exclusions.reduce(0) { $0 + $1.trials }, "trial")
    }
}
