internal import ExperimentModel
internal import Measurement

/// Latency by percentile, one figure for each condition.
struct LatencyFigures {
    let analysis: Analysis

    var all: [Figure] { analysis.groups.compactMap { figure($0) } }

    private func figure(_ group: Group) -> Figure? {
        let cells = group.cells.filter { ($0.corrected?.count ?? 0) > 0 }
        guard !cells.isEmpty else { return nil }
        // The latency of polling is its interval, a thousand times that of a push. Beside it all pushes would be one
        // line.
        let pushes = cells.filter(\.subject.isPush)
        let drawn = pushes.isEmpty ? cells : pushes
        var series: [Chart.Series] = []
        // At most two, because only two transports have a floor.
        let floors = group.floors.filter { isNearestFloor($0, in: group, of: drawn) }
        for (floor, style) in zip(floors, [Chart.Style.line, .dottedLine]) {
            series += curve(floor.corrected, "Floor, \(floor.subject.label)", .floor, style)
        }
        // The bands are drawn first, beneath the lines.
        for cell in drawn { series += band(cell) }
        for cell in drawn {
            let tone = Chart.Tone.series(analysis.tone(of: cell.subject))
            series += curve(cell.uncorrected, cell.subject.label + ", uncorrected", tone, .dashedLine)
            series += curve(cell.corrected, cell.subject.label, tone, .line)
        }
        let best = cells.compactMap { cell in
            cell.figure(.latencyP99).map { "\(cell.subject.label) \(Unit.nanoseconds.text($0.value))" }
        }
        return Figure(
            chart: Chart(
                title: group.label,
                summary: "Latency by percentile under \(group.label). p99: \(best.joined(separator: "; ")).",
                x: Chart.Axis("percentile", ticks: Self.percentileTicks(series), minimum: 0),
                y: Chart.Axis("latency (ms)", isLogarithmic: true),
                series: series),
            caption: group.condition.description
                + ". Solid: from the intended time of publication. Dashed: uncorrected, from the actual one. "
                + (drawn.allSatisfy { $0.okTrials < 2 }
                    ? "No intervals: each cell has one trial. " : "Shaded: 95 % bootstrap intervals over trials. ")
                + "Grey: the machine's floor. A curve ends where values are too few, or never came."
                + (drawn.count < cells.count ? " Polling at an interval stands in the table alone." : ""),
            table: table(group, cells))
    }

    /// Whether the floor is the one that tables show beside a drawn cell.
    private func isNearestFloor(_ floor: CellResult, in group: Group, of cells: [CellResult]) -> Bool {
        cells.contains { group.floor(for: $0.subject)?.cell.id == floor.cell.id }
    }

    /// Points at even steps of `log10(1 / (1 - p))`. On this scale 90 %, 99 % and 99.9 % are equally far apart.
    private func curve(_ summary: LatencySummary?, _ name: String, _ tone: Chart.Tone, _ style: Chart.Style)
        -> [Chart.Series]
    {
        guard let summary, summary.count > 0 else { return [] }
        let last = Self.lastNines(summary)
        var points: [Chart.Point] = []
        for step in 0...80 {
            let nines = Double(step) / 20
            guard nines <= last else { break }
            let quantile = QuantileCurve.quantile(ofNines: nines)
            guard let value = summary.histogram.quantile(quantile, censored: summary.censored) else { break }
            // A logarithmic axis has no zero.
            points.append(Chart.Point(x: nines, y: max(Double(value), 1) / 1e6))
        }
        guard !points.isEmpty else { return [] }
        return [
            Chart.Series(
                name: name, tone: tone, style: style, points: points,
                isInLegend: style != .dashedLine)
        ]
    }

    /// The interval of the corrected curve; empty for a single trial. It ends with the curve, or where the interval
    /// becomes infinite.
    private func band(_ cell: CellResult) -> [Chart.Series] {
        guard let summary = cell.corrected else { return [] }
        let last = Self.lastNines(summary)
        var points: [Chart.Point] = []
        for (nines, point) in zip(QuantileCurve.nines, cell.band.points) {
            guard nines <= last, let interval = point.estimate.interval, interval.upperBound.isFinite else { break }
            let ends = [interval.lowerBound, interval.upperBound].map { max($0, 1) / 1e6 }
            points.append(Chart.Point(x: nines, y: max(point.estimate.value, 1) / 1e6, interval: ends[0]...ends[1]))
        }
        guard points.count > 1 else { return [] }
        return [
            Chart.Series(
                name: "\(cell.subject.label), interval", tone: .series(analysis.tone(of: cell.subject)), style: .band,
                points: points, isInLegend: false)
        ]
    }

    /// Above this a quantile rests on fewer than two values.
    private static func lastNines(_ summary: LatencySummary) -> Double {
        min(4, Decimal10.log(max(Double(summary.count + summary.censored) / 2, 1)))
    }

    private static func percentileTicks(_ series: [Chart.Series]) -> [Chart.Tick] {
        let last = series.flatMap(\.points).map(\.x).max() ?? 0
        let ticks = [
            Chart.Tick(Decimal10.log(2), "50 %"), .init(1, "90 %"), .init(2, "99 %"), .init(3, "99.9 %"),
            .init(4, "99.99 %"),
        ]
        return ticks.filter { $0.position <= last + 0.001 }
    }

    private func table(_ group: Group, _ cells: [CellResult]) -> FigureTable {
        let pairs: [(Metric, Metric)] = [
            (.latencyP50, .uncorrectedP50), (.latencyP90, .uncorrectedP90), (.latencyP99, .uncorrectedP99),
            (.latencyP999, .uncorrectedP999), (.latencyMax, .uncorrectedMax),
        ]
        let floors = group.floors.filter { $0.outcome == .measured }
        let rows = (cells + floors).flatMap { cell -> [FigureTable.Row] in
            let name = cell.cell.server == .floor ? "Floor, \(cell.subject.label)" : cell.subject.label
            let values = Decimals.integer((cell.corrected?.count ?? 0) + (cell.corrected?.censored ?? 0))
            let censored = Decimals.integer(cell.corrected?.censored ?? 0)
            return [
                FigureTable.Row(
                    label: name,
                    cells: pairs.map { cell.figure($0.0)?.text(.nanoseconds) ?? "–" }
                        + [values, censored, Decimals.integer(cell.okTrials)]),
                FigureTable.Row(
                    label: name + ", uncorrected",
                    cells: pairs.map { cell.figure($0.1)?.text(.nanoseconds) ?? "–" }
                        + [values, censored, Decimals.integer(cell.okTrials)]),
            ]
        }
        return FigureTable(
            caption: "Latency under \(group.label), \(cells.intervalPhrase)",
            columns: ["p50", "p90", "p99", "p99.9", "max", "updates", "censored", "trials"], rows: rows)
    }
}
