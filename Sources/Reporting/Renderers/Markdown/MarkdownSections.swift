internal import ExperimentModel
internal import Measurement

/// The parts that `report.md` and `decision.md` share.
struct MarkdownSections {
    let analysis: Analysis

    private let metrics: [Metric]

    init(analysis: Analysis) {
        self.analysis = analysis
        metrics = ComparisonColumns(analysis).all.map(\.metric)
    }

    /// A heading and a table for each condition.
    func comparisons(level: Int) -> String {
        analysis.groups.map { group in
            let heading = String(repeating: "#", count: level) + " " + group.label.forMarkdown
            return "\(heading)\n\n\(group.condition.description.forMarkdown).\n\n\(table(group))"
        }.joined(separator: "\n")
    }

    private func table(_ group: Group) -> String {
        let reference = group.reference
        let verdict = "p99 verdict" + (reference.map { " against \($0.shortLabel)" } ?? "")
        var table = MarkdownTable(
            ["", verdict.forMarkdown] + metrics.map(\.title) + ["lost, duplicated, reordered", "trials (n)"],
            textColumns: [0, 1])
        for cell in group.cells {
            guard cell.outcome == .measured else {
                let reasons = cell.reasons.joined(separator: "; ")
                table.add(
                    [cell.subject.label, "\(cell.outcome.rawValue): \(reasons)"]
                        + Array(repeating: "–", count: metrics.count + 2))
                continue
            }
            table.add(
                [cell.subject.label, verdictText(cell, in: group)]
                    + metrics.map { cell.figure($0)?.text($0.unit) ?? "–" } + [ledger(cell), trials(cell)])
        }
        for floor in group.floors where floor.outcome == .measured {
            table.add(
                ["Floor: \(floor.subject.label), \(floor.condition.tls ? "TLS" : "plain")", "–"]
                    + metrics.map { floor.figure($0)?.text($0.unit) ?? "–" } + [ledger(floor), trials(floor)])
        }
        return table.text
    }

    private func verdictText(_ cell: CellResult, in group: Group) -> String {
        guard let reference = group.reference, cell.subject != reference else { return "reference" }
        guard let contrast = analysis.contrast(cell.subject, against: reference, .latencyP99, group.condition) else {
            return "–"
        }
        let verdict = VerdictCell(contrast)
        var text = contrast.verdict.text
        if !verdict.change.isEmpty { text += ", \(verdict.change)" }
        if !verdict.range.isEmpty { text += " (\(verdict.range))" }
        return verdict.isDoubtful ? text + ", within A/A noise" : text
    }

    private func ledger(_ cell: CellResult) -> String {
        guard let ledger = cell.ledger, ledger.expected > 0 else { return "–" }
        return [ledger.lost, ledger.duplicated, ledger.reordered].map { Decimals.integer($0) }.joined(separator: ", ")
    }

    private func trials(_ cell: CellResult) -> String {
        let updates = cell.corrected.map { $0.count + $0.censored } ?? 0
        return Decimals.integer(cell.okTrials) + (updates > 0 ? " (\(Decimals.integer(updates)))" : "")
    }

    var findings: String {
        guard !analysis.exclusions.isEmpty else { return "Every trial was measured to its end.\n" }
        var table = MarkdownTable(["cell", "status", "reason", "trials"], textColumns: [0, 1, 2])
        for exclusion in analysis.exclusions {
            table.add([
                exclusion.cell.id, exclusion.status.rawValue, exclusion.reason, Decimals.integer(exclusion.trials),
            ])
        }
        return table.text
    }

    var noise: String {
        guard !analysis.noise.isEmpty else { return "This run has no A/A pair.\n" }
        var table = MarkdownTable(
            ["figure", "cell", "A", "A again", "ratio", "95 % interval", "blocks"], textColumns: [0, 1])
        for check in analysis.noise {
            table.add([
                check.metric.title, "\(check.subject.label), \(check.label)", check.metric.unit.text(check.a.value),
                check.metric.unit.text(check.b.value), check.ratio.map { Decimals.significant($0) } ?? "–",
                check.interval.map { DetailTables.ratioText($0) } ?? "–", Decimals.integer(check.blocks),
            ])
        }
        return table.text
    }

    var memory: String {
        let fits = analysis.memory.filter { $0.slope != nil }
        guard !fits.isEmpty else {
            return "No line: it takes populations of several sizes whose memory was read.\n"
        }
        var table = MarkdownTable(["", "per connection", "at no connection", "trials"])
        for fit in fits {
            guard let slope = fit.slope, let intercept = fit.intercept else { continue }
            table.add([
                "\(fit.subject.label), \(fit.factors)",
                Estimate(value: slope, interval: fit.slopeInterval, trials: fit.points.count).text(.bytes),
                Unit.bytes.text(intercept), Decimals.integer(fit.points.count),
            ])
        }
        return table.text
    }

    /// A line that says so where the probe did not run.
    var footprint: String {
        let table = FootprintTable(analysis)
        guard !table.rows.isEmpty else { return "The memory of the servers was not read in this run.\n" }
        let columns = zip(table.columns, table.notes).map { $1.isEmpty ? $0 : "\($0), \($1)" }
        var text = MarkdownTable([""] + columns)
        for row in table.rows { text.add([row.heading] + row.cells.map { FootprintTable.line($0) }) }
        return "\(table.note.forMarkdown)\n\n\(text.text)"
    }

    /// What changes over long windows, with its heading; empty where none was sampled.
    func drift(level: Int) -> String {
        let table = DriftTable(analysis)
        guard !table.rows.isEmpty else { return "" }
        let columns = zip(DriftTable.columns, DriftTable.notes).map { $1.isEmpty ? $0 : "\($0), \($1)" }
        var text = MarkdownTable([""] + columns)
        for row in table.rows { text.add([row.heading] + row.cells.map { FootprintTable.line($0) }) }
        let heading = String(repeating: "#", count: level) + " Over time"
        return "\(heading)\n\n\(table.note.forMarkdown)\n\n\(text.text)\n"
    }

    /// What a reader must know first, as a quotation; empty where there is nothing.
    var notices: String {
        Narrative(analysis).notices.map { "> \($0.forMarkdown)\n\n" }.joined()
    }

    /// The ledger, and what measured it.
    var ledgers: String {
        let tables = CellColumns.all(analysis)
        guard !tables.isEmpty else { return "No cell was measured.\n" }
        return tables.map { table in
            var text = MarkdownTable(["cell"] + table.columns.map(\.title))
            for (heading, cell) in table.cells { text.add([heading] + table.columns.map { $0.text(cell) ?? "–" }) }
            return "\(table.caption.forMarkdown):\n\n\(text.text)"
        }.joined(separator: "\n")
    }

    var environment: String {
        let facts = EnvironmentFacts(analysis: analysis)
        let lines = (facts.run + facts.all).map { "- \($0.name.forMarkdown): \($0.value.forMarkdown)" }
        return (facts.note.isEmpty ? "" : facts.note + "\n\n") + lines.joined(separator: "\n") + "\n"
    }

    /// A paragraph for each sentence would be too many; one for all of them reads.
    func paragraph(_ sentences: [String]) -> String { sentences.joined(separator: " ").forMarkdown + "\n" }
}
