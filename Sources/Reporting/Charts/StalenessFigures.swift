/// The staleness of the client's view by polling interval, with the transports that push as lines for comparison.
struct StalenessFigures {
    let analysis: Analysis

    /// One figure for each load that has a polling subject, from the first condition of that load. Staleness hardly
    /// depends on the other factors, and the comparison tables contain them all.
    var all: [Figure] {
        unique(analysis.groups.map(\.condition.load)).compactMap { load in
            analysis.groups.first { group in
                group.condition.load == load
                    && group.cells.contains { !$0.subject.isPush && $0.figure(.stalenessMean) != nil }
            }.map { figure($0) }
        }
    }

    private func figure(_ group: Group) -> Figure {
        let polls = group.cells.filter { !$0.subject.isPush }
        let pushes = group.cells.filter(\.subject.isPush)
        let last = (polls.compactMap(\.subject.pollIntervalSeconds).max() ?? 1) * 1.1
        var series: [Chart.Series] = []
        var rows: [FigureTable.Row] = []
        func addRow(_ cell: CellResult, _ estimate: Estimate) {
            let p99 = cell.figure(.stalenessP99)?.text(.nanoseconds) ?? "–"
            rows.append(
                FigureTable.Row(
                    label: cell.subject.label,
                    cells: [estimate.text(.nanoseconds), p99, Decimals.integer(estimate.trials)]))
        }
        for cell in pushes {
            guard let estimate = cell.figure(.stalenessMean), estimate.value > 0 else { continue }
            series.append(
                Chart.Series(
                    name: cell.subject.label, tone: .series(analysis.tone(of: cell.subject)), style: .dashedLine,
                    points: [0, last].map { Chart.Point(x: $0, y: estimate.value / 1e6) }))
            addRow(cell, estimate)
        }
        for family in unique(polls.map { "\($0.subject.name), \($0.subject.protocolVersion)" }) {
            let members = polls.filter { "\($0.subject.name), \($0.subject.protocolVersion)" == family }
            var points: [Chart.Point] = []
            for cell in members {
                guard let estimate = cell.figure(.stalenessMean), let interval = cell.subject.pollIntervalSeconds
                else { continue }
                points.append(
                    Chart.Point(
                        x: interval, y: estimate.value / 1e6,
                        interval: estimate.interval.map { $0.lowerBound / 1e6...$0.upperBound / 1e6 }))
                addRow(cell, estimate)
            }
            guard let subject = members.first?.subject, !points.isEmpty else { continue }
            series.append(
                Chart.Series(
                    name: family, tone: .series(analysis.tone(of: subject)), style: .linePoints, points: points))
        }
        return Figure(
            chart: Chart(
                title: "Staleness against polling interval, \(group.label)",
                summary: "Mean staleness under \(group.label): "
                    + rows.map { "\($0.label) \($0.cells[0])" }.joined(separator: "; ") + ".",
                x: Chart.Axis("polling interval (s)", minimum: 0, maximum: last),
                y: Chart.Axis("mean staleness (ms)", isLogarithmic: true), series: series),
            caption: "The age of the client's view, averaged over time. Dashed: transports that do not poll at an "
                + "interval. Logarithmic scale.",
            table: FigureTable(
                caption: "Staleness under \(group.label)", columns: ["mean", "p99", "trials"], rows: rows))
    }
}
