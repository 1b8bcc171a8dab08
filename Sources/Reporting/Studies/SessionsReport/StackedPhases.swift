/// A chart of phases laid end to end, one bar for each row.
struct StackedPhases {
    struct Row {
        var label: String
        /// In nanoseconds, in the order of the phases.
        var parts: [(phase: SessionPhase, length: Double)]

        var total: Double { parts.reduce(0) { $0 + $1.length } }
    }

    var rows: [Row]

    /// - Parameter origin: the zero of the axis: `since the fault began`.
    func chart(title: String, summary: String, origin: String) -> Chart {
        let longest = rows.map(\.total).max() ?? 0
        // A bar of a few milliseconds cannot be read on an axis of seconds.
        let (unit, scale) = longest >= 1e9 ? ("seconds", 1e9) : ("milliseconds", 1e6)
        let series = SessionPhase.stacked.enumerated().compactMap { index, phase -> Chart.Series? in
            let points = rows.enumerated().compactMap { place, row -> Chart.Point? in
                guard let part = row.parts.firstIndex(where: { $0.phase == phase }) else { return nil }
                let start = row.parts[..<part].reduce(0) { $0 + $1.length } / scale
                let end = start + row.parts[part].length / scale
                return Chart.Point(x: end, y: Double(place), interval: start...end)
            }
            // The colour of a phase is the same in every chart.
            return points.isEmpty
                ? nil : Chart.Series(name: phase.title, tone: .series(index), style: .bars, points: points)
        }
        return Chart(
            title: title, summary: summary,
            x: Chart.Axis(
                "\(unit) \(origin)", minimum: 0, maximum: longest > 0 ? longest / scale * 1.04 : nil),
            y: Chart.Axis(""), series: series, rows: rows.map(\.label))
    }
}
