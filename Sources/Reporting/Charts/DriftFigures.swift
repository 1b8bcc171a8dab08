internal import ExperimentModel

/// Memory and latency over long windows, two figures for each condition with samples.
struct DriftFigures {
    let analysis: Analysis

    var all: [Figure] {
        analysis.groups.flatMap { group in
            let cells = group.cells.compactMap { cell in cell.drift.map { (cell: cell, drift: $0) } }
            return cells.isEmpty ? [] : [memory(group, cells), latency(group, cells)].compactMap { $0 }
        }
    }

    private typealias Drifting = (cell: CellResult, drift: Drift)

    private func memory(_ group: Group, _ cells: [Drifting]) -> Figure? {
        let time = WindowTime(longest: cells.map(\.drift.seconds).max() ?? 0)
        return figure(
            title: "Server memory over time, \(group.label)", time: time,
            y: Chart.Axis("resident memory of the server (MiB)"),
            series: cells.flatMap { cell, drift in
                series(cell, drift, time, .line) { $0.serverRssBytes.map { Double($0) / 1_048_576 } }
            },
            caption: "A line for each trial. The axis need not begin at 0.",
            table: FigureTable(
                caption: "Memory and descriptors of the server, \(group.label)", columns: ["memory", "descriptors"],
                rows: rows(cells, time) { sample in
                    [
                        sample.serverRssBytes.map { Unit.bytes.text(Double($0)) },
                        sample.serverDescriptors.map { Decimals.integer($0) },
                    ]
                }))
    }

    private func latency(_ group: Group, _ cells: [Drifting]) -> Figure? {
        let time = WindowTime(longest: cells.map(\.drift.seconds).max() ?? 0)
        func milliseconds(_ nanoseconds: Int64?) -> Double? { nanoseconds.map { max(Double($0), 1) / 1e6 } }
        return figure(
            title: "Latency over time, \(group.label)", time: time, y: Chart.Axis("latency (ms)", isLogarithmic: true),
            series: cells.flatMap { cell, drift in
                series(cell, drift, time, .line) { milliseconds($0.latencyP99) }
                    + series(cell, drift, time, .dashedLine) { milliseconds($0.latencyP50) }
            },
            caption: "Of what arrived since the sample before. Solid: p99. Dashed: p50. Corrected; logarithmic scale.",
            table: FigureTable(
                caption: "Latency between two samples, \(group.label)", columns: ["p50", "p99", "updates"],
                rows: rows(cells, time) { sample in
                    [
                        sample.latencyP50.map { Unit.nanoseconds.text(Double($0)) },
                        sample.latencyP99.map { Unit.nanoseconds.text(Double($0)) },
                        Decimals.integer(sample.updates),
                    ]
                }))
    }

    private func figure(
        title: String, time: WindowTime, y: Chart.Axis, series: [Chart.Series], caption: String, table: FigureTable
    ) -> Figure? {
        guard series.contains(where: { $0.points.contains { $0.y.isFinite } }) else { return nil }
        let summary = "\(title), over \(time.text(time.longest)); the table has the figures."
        return Figure(
            chart: Chart(
                title: title, summary: summary,
                x: Chart.Axis("time in the window (\(time.unit))", minimum: 0, maximum: time.place(time.longest)), y: y,
                series: series),
            caption: caption, table: table)
    }

    /// One series for each trial. The legend names the first.
    private func series(
        _ cell: CellResult, _ drift: Drift, _ time: WindowTime, _ style: Chart.Style,
        _ value: (WindowSample) -> Double?
    ) -> [Chart.Series] {
        drift.trials.enumerated().map { index, trial in
            Chart.Series(
                name: cell.subject.label, tone: .series(analysis.tone(of: cell.subject)), style: style,
                // A sample without the value leaves a gap in the line.
                points: trial.samples.map { Chart.Point(x: time.place($0.seconds), y: value($0) ?? .nan) },
                isInLegend: index == 0 && style == .line)
        }
    }

    private func rows(
        _ cells: [Drifting], _ time: WindowTime, _ figures: (WindowSample) -> [String?]
    ) -> [FigureTable.Row] {
        cells.flatMap { cell, drift in
            drift.trials.flatMap { trial in
                trial.samples.map { sample in
                    let block = drift.trials.count > 1 ? ", block \(trial.block)" : ""
                    return FigureTable.Row(
                        label: "\(cell.subject.label)\(block), \(time.text(sample.seconds))",
                        cells: figures(sample).map { $0 ?? "–" })
                }
            }
        }
    }
}
