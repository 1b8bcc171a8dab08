internal import ExperimentModel

/// The section of what was not measured, and why.
struct GapSection {
    let analysis: SessionsAnalysis

    var section: SessionsSection {
        let rows = analysis.exclusions.byReason.map { group in
            PageTable.Row(
                heading: Decimals.count(group.count, "cell"),
                cells: [
                    PageTable.Cell(
                        text: group[0].status.rawValue, chip: Words(group[0].status.rawValue), isText: true),
                    PageTable.Cell(text: group[0].reason, isReason: true),
                    PageTable.Cell(text: which(group.map(\.cell)), isReason: true),
                ])
        }
        let columns = [
            PageTable.Column(title: "Cells"), PageTable.Column(title: "Status", isText: true),
            PageTable.Column(title: "Reason", isText: true), PageTable.Column(title: "Which", isText: true),
        ]
        return SessionsSection(
            id: "gaps", title: "Not measured, and why",
            note:
                "What cannot be is a finding: it was skipped with its reason. What failed before its end has no figure above; "
                + "what failed for what it measured has.",
            tables: [PageTable.ofRows("Trials that were not measured, or failed", columns, rows)].compactMap { $0 })
    }

    /// The varying levels of the cells, factor by factor.
    private func which(_ cells: [Cell]) -> String {
        if cells.count == 1 { return analysis.naming.label(cells[0]) }
        let parts = Factor.all.filter { $0 == .transport || analysis.naming.varies($0) }.compactMap {
            factor in
            let levels = unique(cells.compactMap { factor.text($0) })
            return levels.isEmpty ? nil : Self.some(levels)
        }
        return parts.joined(separator: "; ")
    }

    private static func some(_ levels: [String]) -> String {
        guard levels.count > 6 else { return Prose.list(levels) }
        return "\(levels.prefix(5).joined(separator: ", ")) and \(Decimals.integer(levels.count - 5)) others"
    }
}
