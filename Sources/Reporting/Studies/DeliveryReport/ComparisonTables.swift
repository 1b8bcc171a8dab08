internal import ExperimentModel
internal import Measurement

/// The main tables, one for each condition: a row for each subject, then the floors.
struct ComparisonTables {
    let analysis: Analysis

    var all: [PageTable] { analysis.groups.map { table($0) } }

    private let figures: [ComparisonColumns.Column]

    init(analysis: Analysis) {
        self.analysis = analysis
        figures = ComparisonColumns(analysis).all
    }

    private func table(_ group: Group) -> PageTable {
        let reference = group.reference
        let columns =
            [
                PageTable.Column(title: ""),
                PageTable.Column(
                    title: "p99 verdict", note: Words(reference.map { "against \($0.shortLabel)" } ?? "")),
            ] + figures.map { PageTable.Column(title: $0.title, note: Words($0.note)) } + [
                PageTable.Column(title: "Faults", note: "lost, dup., reord."),
                PageTable.Column(title: "Trials", note: "and updates"),
            ]
        let rows =
            group.cells.map { row($0, in: group, columns: columns.count) }
            + group.floors.filter { $0.outcome == .measured }.map { floorRow($0, in: group) }
        return PageTable(
            group.label, detail: Words(group.condition.description + "."), columns: columns, rows: rows)
    }

    private func row(_ cell: CellResult, in group: Group, columns: Int) -> PageTable.Row {
        let tone = Words("tone-\(analysis.tone(of: cell.subject) % ChartInk.seriesCount + 1)")
        guard cell.outcome == .measured else {
            let outcome = cell.outcome.rawValue
            return PageTable.Row(
                heading: cell.subject.label, tone: tone, kind: "invalid",
                remark: PageTable.Remark(
                    chip: outcome, label: outcome, text: cell.reasons.joined(separator: "; "), span: columns - 1))
        }
        let floor = group.floor(for: cell.subject)
        let figures = figures.map { figureCell(cell.figure($0.metric), $0.metric, floor?.figure($0.metric)) }
        return PageTable.Row(
            heading: cell.subject.label, tone: tone,
            cells: [verdictCell(cell, in: group)] + figures + [ledgerCell(cell), trialsCell(cell)])
    }

    private func floorRow(_ floor: CellResult, in group: Group) -> PageTable.Row {
        let tls = Factor.text(tls: floor.condition.tls)
        return PageTable.Row(
            heading: "Floor: \(floor.subject.label), \(tls)", tone: "tone-floor", kind: "floor",
            cells: [PageTable.Cell(text: "–")]
                + figures.map { figureCell(floor.figure($0.metric), $0.metric, nil) }
                + [ledgerCell(floor), trialsCell(floor)])
    }

    private func figureCell(_ estimate: Estimate?, _ metric: Metric, _ floor: Estimate?) -> PageTable.Cell {
        guard let estimate else { return PageTable.Cell(text: "–") }
        var cell = PageTable.Cell(text: metric.unit.text(estimate.value))
        cell.note = Words(estimate.intervalText(metric.unit, joint: "–"))
        if let floor, floor.value.isFinite, floor.value > 0, estimate.value.isFinite {
            cell.aside = Words("\(Decimals.significant(estimate.value / floor.value, digits: 2)) × floor")
        }
        return cell
    }

    private func verdictCell(_ cell: CellResult, in group: Group) -> PageTable.Cell {
        guard let reference = group.reference, cell.subject != reference else {
            return PageTable.Cell(text: "reference", chip: "reference")
        }
        guard
            let contrast = analysis.contrast(
                cell.subject, against: reference, .latencyP99, group.condition)
        else { return PageTable.Cell(text: "–") }
        return VerdictCell(contrast).cell
    }

    private func ledgerCell(_ cell: CellResult) -> PageTable.Cell {
        guard let ledger = cell.ledger, ledger.expected > 0 else { return PageTable.Cell(text: "–") }
        let text = [ledger.lost, ledger.duplicated, ledger.reordered].map { Decimals.integer($0) }
            .joined(separator: ", ")
        let note = ledger.undelivered > 0 ? "\(Decimals.integer(ledger.undelivered)) censored" : ""
        return PageTable.Cell(text: text, note: Words(note), chip: ledger.isClean ? "" : "failed")
    }

    private func trialsCell(_ cell: CellResult) -> PageTable.Cell {
        let others = cell.trials.values.reduce(0, +) - cell.okTrials
        let updates = cell.corrected.map { $0.count + $0.censored } ?? 0
        var parts = Decimals.integer(cell.okTrials)
        if others > 0 { parts += " of \(Decimals.integer(cell.okTrials + others))" }
        return PageTable.Cell(text: parts, note: Words(updates > 0 ? "n = \(Decimals.integer(updates))" : ""))
    }
}
