internal import ExperimentModel

/// The tables behind the summary: findings, verdicts, noise and the ledger.
struct DetailTables {
    let analysis: Analysis

    var findings: [PageTable] {
        guard !analysis.exclusions.isEmpty else { return [] }
        let columns = [
            PageTable.Column(title: "Cell"), PageTable.Column(title: "Status", isText: true),
            PageTable.Column(title: "Reason", isText: true), PageTable.Column(title: "Trials"),
        ]
        let rows = analysis.exclusions.map { exclusion in
            PageTable.Row(
                heading: exclusion.cell.id,
                cells: [
                    PageTable.Cell(
                        text: exclusion.status.rawValue, chip: Words(exclusion.status.rawValue), isText: true),
                    PageTable.Cell(text: exclusion.reason, isReason: true),
                    PageTable.Cell(text: Decimals.integer(exclusion.trials)),
                ])
        }
        return [PageTable("Trials without a figure, and why", columns: columns, rows: rows)]
    }

    var findingsNote: String {
        analysis.exclusions.isEmpty
            ? "Every trial was measured to its end: nothing was invalid, failed or skipped."
            : "What was not measured, and why. What a transport cannot do is a finding; an invalid trial says nothing "
                + "about the server, so none of its figures is shown."
    }

    var contrasts: [PageTable] {
        Metric.compared.compactMap { metric in
            let found = analysis.contrasts.filter { $0.metric == metric }
            guard !found.isEmpty else { return nil }
            let columns = [
                PageTable.Column(title: "Subject"), PageTable.Column(title: "Against", isText: true),
                PageTable.Column(title: "Condition", isText: true), PageTable.Column(title: "Verdict", isText: true),
                PageTable.Column(title: "Ratio"), PageTable.Column(title: "95 % interval"),
                PageTable.Column(title: "Blocks"),
            ]
            return PageTable(
                "\(metric.title): \(Decimals.count(found.count, "comparison"))", columns: columns,
                rows: found.map { row($0) })
        }
    }

    var contrastsNote: String {
        let count = analysis.contrasts.count
        guard count > 0 else { return "No two cells of this run can be compared." }
        return "Every pair within its condition, paired within blocks. Below 1 the subject's figure is lower; ratios "
            + "within \(Decimals.percent(analysis.margin)) of 1 are equivalent. With \(Decimals.integer(count)) "
            + "comparisons at 95 % each, expect about \(Decimals.integer(Int((Double(count) / 20).rounded()))) "
            + "that mislead by chance."
    }

    private func row(_ contrast: PairComparison) -> PageTable.Row {
        var verdict = VerdictCell(contrast).cell
        verdict.note = Words(contrast.obstacle ?? "")
        verdict.aside = VerdictCell(contrast).isDoubtful ? "within A/A noise" : ""
        verdict.isText = true
        let label = contrast.condition.label(among: analysis.conditions)
        return PageTable.Row(
            heading: contrast.subject.label,
            cells: [
                PageTable.Cell(text: contrast.reference.label, isText: true),
                PageTable.Cell(text: label, isText: true), verdict,
                PageTable.Cell(text: contrast.ratio.map { Decimals.significant($0) } ?? "–"),
                PageTable.Cell(text: contrast.interval.map { Self.ratioText($0) } ?? "–"),
                PageTable.Cell(text: Decimals.integer(contrast.blocks)),
            ])
    }

    var noise: [PageTable] {
        guard !analysis.noise.isEmpty else { return [] }
        let columns = [
            PageTable.Column(title: "Figure"), PageTable.Column(title: "Cell", isText: true),
            PageTable.Column(title: "A"), PageTable.Column(title: "A again"), PageTable.Column(title: "Ratio"),
            PageTable.Column(title: "95 % interval"), PageTable.Column(title: "Blocks"),
        ]
        let rows = analysis.noise.map { check in
            PageTable.Row(
                heading: check.metric.title,
                cells: [
                    PageTable.Cell(text: "\(check.subject.label), \(check.label)", isText: true),
                    PageTable.Cell(text: check.metric.unit.text(check.a.value)),
                    PageTable.Cell(text: check.metric.unit.text(check.b.value)),
                    PageTable.Cell(text: check.ratio.map { Decimals.significant($0) } ?? "–"),
                    PageTable.Cell(text: check.interval.map { Self.ratioText($0) } ?? "–"),
                    PageTable.Cell(text: Decimals.integer(check.blocks)),
                ])
        }
        return [PageTable("The same cell, measured twice (A/A)", columns: columns, rows: rows)]
    }

    var noiseNote: String {
        analysis.noise.isEmpty
            ? "This run has no A/A pair, so nobody can say which of its differences are noise. Set aaPair: true in the "
                + "experiment."
            : "Two cells that are identical ran interleaved with the others. What differs between them is the noise of "
                + "this machine; a verdict whose ratio is no further from 1 is marked."
    }

    /// The ledger, and the quality of its measurement.
    var ledger: [PageTable] { CellColumns.all(analysis).map { table($0) } }

    private func table(_ table: CellColumns) -> PageTable {
        PageTable(
            table.caption,
            columns: [PageTable.Column(title: "Cell")] + table.columns.map { PageTable.Column(title: $0.title) },
            rows: table.cells.map { heading, cell in
                PageTable.Row(
                    heading: heading,
                    cells: table.columns.map { column in
                        let text = column.text(cell) ?? "–"
                        return PageTable.Cell(text: text, chip: column.isFault && text != "0" ? "failed" : "")
                    })
            })
    }

    var footprint: [PageTable] {
        let table = FootprintTable(analysis)
        guard !table.rows.isEmpty else { return [] }
        return [
            PageTable(
                "Footprint of the connections",
                columns: [PageTable.Column(title: "")]
                    + zip(table.columns, table.notes).map { PageTable.Column(title: $0, note: Words($1)) },
                rows: table.rows.map { row in
                    PageTable.Row(
                        heading: row.heading,
                        cells: row.cells.map { PageTable.Cell(text: $0.text, note: Words($0.note)) })
                })
        ]
    }

    var drift: [PageTable] {
        let table = DriftTable(analysis)
        guard !table.rows.isEmpty else { return [] }
        return [
            PageTable(
                DriftTable.caption,
                columns: [PageTable.Column(title: "")]
                    + zip(DriftTable.columns, DriftTable.notes).map { PageTable.Column(title: $0, note: Words($1)) },
                rows: table.rows.map { row in
                    PageTable.Row(
                        heading: row.heading,
                        cells: row.cells.map { PageTable.Cell(text: $0.text, note: Words($0.note)) })
                })
        ]
    }

    static func ratioText(_ interval: ClosedRange<Double>) -> String {
        "\(Decimals.significant(interval.lowerBound))–\(Decimals.significant(interval.upperBound))"
    }
}
