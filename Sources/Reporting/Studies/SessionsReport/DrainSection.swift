internal import ExperimentModel

/// The section of a study of drains.
struct DrainSection {
    let analysis: SessionsAnalysis
    private typealias Column = PageTable.Column
    private typealias Cell = PageTable.Cell

    var section: SessionsSection {
        let rows = analysis.drains.map { drain in
            PageTable.Row(
                heading: analysis.naming.label(drain.cell),
                cells: [
                    exit(drain), clean(drain), Cell(drain.closed), Cell(drain.reconnects), spread(drain),
                    LedgerColumns.faults(drain.ledger), Cell(text: Decimals.integer(drain.trials)),
                ])
        }
        let columns = [
            Column(title: "Transport and pace"), Column(title: "Exit", note: "of the bound"),
            Column(title: "Told why", note: "sessions"), Column(title: "Stream closed", note: "since SIGTERM"),
            Column(title: "First attempt", note: "since SIGTERM"),
            Column(title: "Spread", note: "p5 to p95 of the attempts"),
            LedgerColumns.faultsColumn, Column(title: "Trials"),
        ]
        return SessionsSection(
            id: "drains", title: "Drains",
            note:
                "SIGTERM to a server with open streams: how long it takes to end, how many sessions it tells why and whether to come "
                + "back, and how their first attempts to come back are spread. A pace is how many streams a second it lets go.",
            tables: [PageTable.ofRows("Drains", columns, rows)].compactMap { $0 }, figures: figures)
    }

    private func exit(_ drain: DrainResult) -> Cell {
        let bound = "of \(Unit.nanoseconds.text(drain.bound))"
        return Cell(
            text: drain.exit.map { Unit.nanoseconds.text($0.value) } ?? "–",
            note: Words(drain.exit?.intervalText(.nanoseconds, joint: "–") ?? ""),
            aside: Words(drain.trials > 1 ? "at most \(Unit.nanoseconds.text(drain.longestExit)) \(bound)" : bound),
            chip: drain.isWithinBound ? "ok" : "failed")
    }

    private func clean(_ drain: DrainResult) -> Cell {
        guard let share = drain.cleanShare else { return .none }
        return Cell(
            // 99.97 % must not be rounded to all.
            text: share < 1 && share > 0.99 ? "over 99 %" : Decimals.percent(share),
            note: Words("\(Decimals.integer(drain.cleanReasons)) of \(Decimals.integer(drain.sessions))"),
            chip: share < 1 ? "undecided" : "ok")
    }

    private func spread(_ drain: DrainResult) -> Cell {
        guard let spread = drain.spread else { return .none }
        return Cell(text: Unit.nanoseconds.text(spread))
    }

    // MARK: Figures

    /// A chart for each transport, with a line for each pace.
    private var figures: [Figure] {
        unique(analysis.drains.map { analysis.naming.transport($0.cell) }).compactMap { transport in
            figure(transport, analysis.drains.filter { analysis.naming.transport($0.cell) == transport })
        }
    }

    private func figure(_ transport: String, _ drains: [DrainResult]) -> Figure? {
        let names = unique(analysis.drains.map(name))
        var rows: [FigureTable.Row] = []
        let series = drains.compactMap { drain -> Chart.Series? in
            guard let reconnects = drain.reconnects, reconnects.pooled.count > 0 else { return nil }
            rows.append(
                FigureTable.Row(
                    label: name(drain),
                    cells: [0.05, 0.5, 0.95, 1].map { Unit.nanoseconds.text(reconnects.quantile($0)) }
                        + [Decimals.integer(reconnects.count)]))
            return Chart.Series(
                name: name(drain), tone: .series(names.firstIndex(of: name(drain)) ?? 0), style: .line,
                points: Self.shares(reconnects))
        }
        guard !series.isEmpty else { return nil }
        return Figure(
            chart: Chart(
                title: "Coming back after a drain: \(transport)",
                summary: "Reconnects after SIGTERM over \(transport). "
                    + rows.map { "\($0.label): half by \($0.cells[1]), 95 % by \($0.cells[2])" }.joined(separator: "; ")
                    + ".",
                x: Chart.Axis("seconds since SIGTERM", minimum: 0),
                y: Chart.Axis("first attempts (%)", minimum: 0, maximum: 100), series: series),
            caption:
                "The share of the sessions that had made their first attempt to come back. The steeper, the more of a storm.",
            table: FigureTable(
                caption: "First attempts after SIGTERM over \(transport)",
                columns: ["p5", "p50", "p95", "last", "sessions"],
                rows: rows))
    }

    private func name(_ drain: DrainResult) -> String {
        let factors = Set(Factor.all).subtracting([.transport, .protocolVersion, .tls])
        let varying = Factor.all.filter { factors.contains($0) && analysis.naming.varies($0) }
            .compactMap { $0.text(drain.cell) }
        return varying.isEmpty ? Factor.pace.text(drain.cell) ?? "" : varying.joined(separator: ", ")
    }

    /// At most 200 steps. The line stays below 100 % if some sessions never came back.
    private static func shares(_ times: TimeDistribution) -> [Chart.Point] {
        var points = [Chart.Point(x: Double(times.pooled.min ?? 0) / 1e9, y: 0)]
        for step in 1...200 {
            let value = times.quantile(Double(step) / 200)
            guard value.isFinite else { break }
            points.append(Chart.Point(x: value / 1e9, y: Double(step) / 2))
        }
        return points
    }
}
