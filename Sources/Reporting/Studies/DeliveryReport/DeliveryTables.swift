internal import ExperimentModel
internal import Measurement

/// The tables of a comparison of transports in text. They have the figures of the page in fewer columns.
struct DeliveryTables {
    let analysis: Analysis
    private let metrics: [Metric]

    init(analysis: Analysis) {
        self.analysis = analysis
        metrics = ComparisonColumns(analysis).all.map(\.metric)
    }

    private typealias Column = PageTable.Column
    private typealias Cell = PageTable.Cell

    private static func row(_ heading: String, _ cells: [String]) -> PageTable.Row {
        PageTable.Row(heading: heading, cells: cells.map { Cell(text: $0) })
    }

    var comparisons: [PageTable] {
        analysis.groups.map { group in
            let verdict = "p99 verdict" + (group.reference.map { " against \($0.shortLabel)" } ?? "")
            return PageTable(
                group.label, detail: Words(group.condition.description + "."),
                columns: [Column(title: ""), Column(title: verdict, isText: true)]
                    + (metrics.map(\.title) + ["lost, duplicated, reordered", "trials (n)"]).map { Column(title: $0) },
                rows: group.cells.map { row($0, in: group) }
                    + group.floors.filter { $0.outcome == .measured }.map(floorRow))
        }
    }

    private func row(_ cell: CellResult, in group: Group) -> PageTable.Row {
        guard cell.outcome == .measured else {
            let reasons = cell.reasons.joined(separator: "; ")
            return Self.row(
                cell.subject.label,
                ["\(cell.outcome.rawValue): \(reasons)"] + Array(repeating: "–", count: metrics.count + 2))
        }
        return Self.row(cell.subject.label, [verdictText(cell, in: group)] + figures(cell))
    }

    private func floorRow(_ floor: CellResult) -> PageTable.Row {
        Self.row("Floor: \(floor.subject.label), \(Factor.text(tls: floor.condition.tls))", ["–"] + figures(floor))
    }

    private func figures(_ cell: CellResult) -> [String] {
        metrics.map { cell.figure($0)?.text($0.unit) ?? "–" } + [ledger(cell), trials(cell)]
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

    var memory: [ReportSection.Part] {
        let rows = analysis.memory.compactMap { fit -> PageTable.Row? in
            guard let slope = fit.slope, let intercept = fit.intercept else { return nil }
            return Self.row(
                "\(fit.subject.label), \(fit.factors)",
                [
                    Estimate(value: slope, interval: fit.slopeInterval, trials: fit.points.count).text(.bytes),
                    Unit.bytes.text(intercept), Decimals.integer(fit.points.count),
                ])
        }
        let columns = ["", "per connection", "at no connection", "trials"].map { Column(title: $0) }
        return .plainTable(PageTable("Memory", columns: columns, rows: rows), in: .text)
            + .paragraph(
                rows.isEmpty ? "No line: it takes populations of several sizes whose memory was read." : "", in: .text)
    }

    var footprint: [ReportSection.Part] {
        let table = FootprintTable(analysis)
        guard !table.rows.isEmpty else {
            return .paragraph("The memory of the servers was not read in this run.", in: .text)
        }
        return .paragraph(table.note, in: .text)
            + .plainTable(Self.joined("Footprint", zip(table.columns, table.notes), table.rows), in: .text)
    }

    /// What changes over long windows; empty if no window was sampled.
    var drift: [ReportSection.Part] {
        let table = DriftTable(analysis)
        return .paragraph(table.note, in: .text)
            + .plainTable(
                Self.joined(DriftTable.caption, zip(DriftTable.columns, DriftTable.notes), table.rows), in: .text)
    }

    /// Appends the note of each column to its title.
    private static func joined(
        _ caption: String, _ columns: some Sequence<(String, String)>,
        _ rows: [(heading: String, cells: [(text: String, note: String)])]
    ) -> PageTable {
        PageTable(
            caption,
            columns: [Column(title: "")] + columns.map { Column(title: $1.isEmpty ? $0 : "\($0), \($1)") },
            rows: rows.map { row($0.heading, $0.cells.map { FootprintTable.line($0) }) })
    }

    /// The ledger, and the quality of its measurement.
    var ledgers: [ReportSection.Part] {
        let tables = CellColumns.all(analysis)
        guard !tables.isEmpty else { return .paragraph("No cell was measured.", in: .text) }
        return tables.flatMap { table in
            .paragraph(table.caption + ":", in: .text)
                + .plainTable(
                    PageTable(
                        table.caption, columns: (["cell"] + table.columns.map(\.title)).map { Column(title: $0) },
                        rows: table.cells.map { heading, cell in
                            Self.row(heading, table.columns.map { $0.text(cell) ?? "–" })
                        }), in: .text)
        }
    }

    var exclusions: [ReportSection.Part] {
        guard !analysis.exclusions.isEmpty else { return .paragraph("Every trial was measured to its end.", in: .text) }
        return .plainTable(
            PageTable(
                "Trials without a figure, and why",
                columns: [
                    Column(title: "cell"), Column(title: "status", isText: true), Column(title: "reason", isText: true),
                    Column(title: "trials"),
                ],
                rows: analysis.exclusions.map {
                    Self.row($0.cell.id, [$0.status.rawValue, $0.reason, Decimals.integer($0.trials)])
                }), in: .text)
    }

    var noise: [ReportSection.Part] {
        guard !analysis.noise.isEmpty else { return .paragraph("This run has no A/A pair.", in: .text) }
        return .plainTable(
            PageTable(
                "The same cell, measured twice (A/A)",
                columns: [Column(title: "figure"), Column(title: "cell", isText: true)]
                    + ["A", "A again", "ratio", "95 % interval", "blocks"].map { Column(title: $0) },
                rows: analysis.noise.map { check in
                    Self.row(
                        check.metric.title,
                        [
                            "\(check.subject.label), \(check.label)", check.metric.unit.text(check.a.value),
                            check.metric.unit.text(check.b.value), check.ratio.map { Decimals.significant($0) } ?? "–",
                            check.interval.map { DetailTables.ratioText($0) } ?? "–", Decimals.integer(check.blocks),
                        ])
                }), in: .text)
    }
}
