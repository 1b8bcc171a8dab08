/// Server memory by number of connections, with the fitted line of each subject.
struct MemoryFigures {
    let analysis: Analysis

    var all: [Figure] {
        unique(analysis.conditions.map { $0.factorLabel(among: analysis.conditions) }).compactMap { factors in
            figure(factors, analysis.memory.filter { $0.factors == factors && $0.slope != nil })
        }
    }

    private func figure(_ factors: String, _ fits: [MemoryFit]) -> Figure? {
        guard !fits.isEmpty else { return nil }
        var series: [Chart.Series] = []
        var rows: [FigureTable.Row] = []
        let mebibyte = 1_048_576.0
        for fit in fits {
            guard let slope = fit.slope, let intercept = fit.intercept else { continue }
            let tone = Chart.Tone.series(analysis.tone(of: fit.subject))
            let connections = fit.points.map { Double($0.connections) }
            let ends = [connections.min() ?? 0, connections.max() ?? 0]
            series.append(
                Chart.Series(
                    name: "\(fit.subject.label), fitted", tone: tone, style: .line,
                    points: ends.map { Chart.Point(x: $0, y: (intercept + slope * $0) / mebibyte) }, isInLegend: false))
            series.append(
                Chart.Series(
                    name: "\(fit.subject.label): \(Unit.bytes.text(slope)) each", tone: tone, style: .points,
                    points: fit.points.map { Chart.Point(x: Double($0.connections), y: $0.bytes / mebibyte) }))
            rows.append(
                FigureTable.Row(
                    label: fit.subject.label,
                    cells: [
                        Estimate(value: slope, interval: fit.slopeInterval, trials: fit.points.count).text(.bytes),
                        Unit.bytes.text(intercept), Decimals.integer(fit.points.count),
                    ]))
        }
        return Figure(
            chart: Chart(
                title: "Memory against connections, \(factors)",
                summary: "Server memory per connection, \(factors): "
                    + rows.map { "\($0.label) \($0.cells[0])" }.joined(separator: "; ") + ".",
                x: Chart.Axis("connections held", minimum: 0), y: Chart.Axis("server memory (MiB)", minimum: 0),
                series: series),
            caption:
                "Growth of the server's private memory from no connection to all of them held. The line's slope is what "
                + "one more connection costs; the points are from all loads of the run.",
            table: FigureTable(
                caption: "Fitted memory, \(factors)", columns: ["per connection", "at no connection", "trials"],
                rows: rows))
    }
}
