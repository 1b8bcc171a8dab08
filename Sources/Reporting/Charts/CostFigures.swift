internal import ExperimentModel

/// The cost of an update, one figure for each metric and load.
struct CostFigures {
    let analysis: Analysis

    var all: [Figure] {
        let loads = unique(analysis.groups.map(\.condition.load))
        return loads.flatMap { load in
            let groups = analysis.groups.filter { $0.condition.load == load }
            return [
                figure(groups, .cpuPerUpdate, "CPU per update", "server CPU (µs)", scale: 1e-3),
                figure(groups, .bytesPerUpdate, "Bytes per update", "bytes on the wire", scale: 1),
            ].compactMap { $0 }
        }
    }

    private func figure(_ groups: [Group], _ metric: Metric, _ title: String, _ axis: String, scale: Double) -> Figure?
    {
        var rows: [String] = []
        var series: [Chart.Series] = []
        var floors: [Chart.Point] = []
        var table: [FigureTable.Row] = []
        for subject in analysis.subjects {
            var points: [Chart.Point] = []
            for group in groups {
                guard let estimate = group.cell(subject)?.figure(metric), estimate.value.isFinite else { continue }
                let factors = group.condition.factorLabel(among: analysis.conditions)
                let row = Double(rows.count)
                rows.append("\(subject.shortLabel), \(factors)")
                points.append(
                    Chart.Point(
                        x: estimate.value * scale, y: row,
                        interval: estimate.interval.map { $0.lowerBound * scale...$0.upperBound * scale }))
                let floor = group.floor(for: subject)?.figure(metric)
                if let floor, floor.value.isFinite { floors.append(Chart.Point(x: floor.value * scale, y: row)) }
                table.append(
                    FigureTable.Row(
                        label: "\(subject.label), \(factors)",
                        cells: [
                            estimate.text(metric.unit), floor.map { metric.unit.text($0.value) } ?? "–",
                            Decimals.integer(estimate.trials),
                        ]))
            }
            guard !points.isEmpty else { continue }
            let tone = Chart.Tone.series(analysis.tone(of: subject))
            // The rows already name the subjects.
            series.append(
                Chart.Series(name: subject.label, tone: tone, style: .points, points: points, isInLegend: false))
        }
        guard let load = groups.first?.condition.load, !series.isEmpty else { return nil }
        if !floors.isEmpty {
            series.append(
                Chart.Series(name: "Floor: the machine's own limit", tone: .floor, style: .hollowPoints, points: floors)
            )
        }
        let ends = series.flatMap(\.points).map { max($0.x, $0.interval?.upperBound ?? $0.x) }.filter(\.isFinite)
        let values = series.flatMap(\.points).map(\.x).filter { $0 > 0 }
        // Polling may cost a hundred times as much as a push. On a linear axis all pushes would share one place.
        let isLogarithmic = (values.max() ?? 1) / (values.min() ?? 1) > 20
        return Figure(
            chart: Chart(
                title: "\(title), \(load.name)",
                summary: "\(title) under \(load.name): "
                    + table.map { "\($0.label) \($0.cells[0])" }.joined(separator: "; ") + ".",
                x: Chart.Axis(
                    axis, isLogarithmic: isLogarithmic, minimum: isLogarithmic ? nil : 0,
                    // Room for the last point and its interval.
                    maximum: isLogarithmic ? nil : (ends.max() ?? 1) * 1.04),
                y: Chart.Axis(""), series: series, rows: rows),
            caption: "Per distinct delivery, \(groups.flatMap(\.cells).intervalPhrase)"
                + (isLogarithmic ? "; logarithmic scale." : "."),
            table: FigureTable(
                caption: "\(title) under \(load.name)", columns: [metric.title, "floor", "trials"], rows: table))
    }
}
