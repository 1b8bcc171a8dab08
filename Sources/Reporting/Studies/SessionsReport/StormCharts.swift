internal import ExperimentModel

/// Storms over time: the share of sessions that are back, and the attempts a second.
struct StormCharts {
    let analysis: SessionsAnalysis

    /// Storms of one chart. They differ only in their policy.
    fileprivate struct Group {
        var label: String
        var storms: [StormResult]
    }

    private func groups(_ storms: [StormResult]) -> [Group] {
        func label(_ storm: StormResult) -> String {
            let transport = analysis.naming.label(storm.cell, leavingOut: [.client, .recovery, .load])
            return "\(transport), \(Decimals.count(storm.sessions, "session"))"
        }
        return unique(storms.map(label)).map { name in Group(label: name, storms: storms.filter { label($0) == name }) }
    }

    var measured: [Figure] {
        groups(analysis.storms).flatMap { group in
            [figure(group, .back, group.curves(\.measured)), figure(group, .attempts, group.curves(\.measured))]
                .compactMap { $0 }
        }
    }

    /// One chart for all transports, because the simulation knows only a policy and an accept rate.
    var extrapolated: [Figure] {
        let storms = analysis.storms.filter { $0.extrapolated != nil }
        let sizes = unique(storms.compactMap { $0.extrapolated?.sessions })
        return sizes.compactMap { size in
            let group = Group(
                label: "\(Decimals.count(size, "session")), simulated",
                storms: storms.filter { $0.extrapolated?.sessions == size })
            return figure(group, .back, group.storms.compactMap { storm in storm.extrapolated.map { (storm, $0) } })
        }
    }

    private enum Quantity {
        case back, attempts
    }

    /// A storm and one of its curves.
    fileprivate typealias Line = (storm: StormResult, curve: StormCurve)

    private func figure(_ group: Group, _ quantity: Quantity, _ lines: [Line]) -> Figure? {
        guard !lines.isEmpty else { return nil }
        // The slowest policy may take a hundred times as long as the fastest.
        let times = lines.map { $0.curve.secondsUntil99 ?? $0.curve.seconds }.filter { $0 > 0 }
        let isLogarithmic = (times.max() ?? 1) / (times.min() ?? 1) > 10
        var series: [Chart.Series] = []
        let policies = lines.map { analysis.naming.policy($0.storm.cell) }
        func name(_ storm: StormResult) -> String {
            let policy = analysis.naming.policy(storm.cell)
            return policies.count { $0 == policy } > 1 ? analysis.naming.labelBesideSize(storm.cell) : policy
        }
        for (storm, curve) in lines {
            let tone = Chart.Tone.series(self.tone(storm))
            let name = name(storm)
            series.append(
                Chart.Series(
                    name: name, tone: tone, style: .line, points: points(curve, quantity, isLogarithmic)))
            // The model's curve accompanies the measured one.
            if let model = storm.drawn.model, curve == storm.drawn.measured {
                series.append(
                    Chart.Series(
                        name: name + ", model", tone: tone, style: .dashedLine,
                        points: points(model, quantity, isLogarithmic), isInLegend: false))
            }
        }
        let hasModel = series.contains { $0.style == .dashedLine }
        let title = quantity == .back ? "Back again: \(group.label)" : "Attempts a second: \(group.label)"
        let y =
            quantity == .back
            ? Chart.Axis("sessions back (%)", minimum: 0, maximum: 100)
            : Chart.Axis("attempts a second", isLogarithmic: true)
        return Figure(
            chart: Chart(
                title: title,
                summary: title + ". "
                    + lines.map { "\(name($0.storm)) \(text($0.curve, quantity))" }
                    .joined(separator: "; ") + ".",
                x: Chart.Axis(
                    "seconds since the cut", isLogarithmic: isLogarithmic, minimum: isLogarithmic ? nil : 0,
                    maximum: lines.map { $0.curve.drawnSeconds }.max()),
                y: y, series: series),
            caption: (quantity == .back
                ? "The share of the sessions that were cut and are back."
                : "Attempts to connect that began, refused ones included; logarithmic, with a gap where there was none.")
                + (hasModel ? " Solid: measured, the trial in the middle. Dashed: the model." : ""),
            table: table(lines, title, name))
    }

    /// The colour of a policy is the same in every chart.
    private func tone(_ storm: StormResult) -> Int {
        unique(analysis.storms.map { analysis.naming.policy($0.cell) })
            .firstIndex(of: analysis.naming.policy(storm.cell)) ?? 0
    }

    private func points(_ curve: StormCurve, _ quantity: Quantity, _ isLogarithmic: Bool) -> [Chart.Point] {
        let curve = curve.rebinned(to: 200)
        switch quantity {
        case .back:
            guard curve.sessions > 0 else { return [] }
            var back = 0
            var points = isLogarithmic ? [] : [Chart.Point(x: 0, y: 0)]
            for (bin, count) in curve.back.enumerated() {
                back += count
                points.append(
                    Chart.Point(
                        x: Double(bin + 1) * curve.binSeconds, y: 100 * Double(back) / Double(curve.sessions)))
            }
            return points
        case .attempts:
            return curve.attempts.enumerated().map { bin, count in
                Chart.Point(
                    x: (Double(bin) + 0.5) * curve.binSeconds, y: count > 0 ? Double(count) / curve.binSeconds : .nan)
            }
        }
    }

    private func text(_ curve: StormCurve, _ quantity: Quantity) -> String {
        switch quantity {
        case .back: "99 % after \(Self.seconds(curve.secondsUntil99))"
        case .attempts: "at most \(Decimals.rounded(curve.peakConnectsPerSecond)) a second"
        }
    }

    private static func seconds(_ seconds: Double?) -> String {
        Unit.nanoseconds.text(seconds.map { $0 * 1e9 } ?? .infinity)
    }

    private func table(_ lines: [Line], _ title: String, _ name: (StormResult) -> String) -> FigureTable {
        FigureTable(
            caption: title, columns: ["50 % back", "90 % back", "99 % back", "all back", "peak a second", "refused"],
            rows: lines.flatMap { storm, curve -> [FigureTable.Row] in
                let name = name(storm)
                let isMeasured = curve == storm.drawn.measured
                let curves =
                    [(name, curve)] + (isMeasured ? storm.drawn.model.map { [(name + ", model", $0)] } ?? [] : [])
                return curves.map { name, curve in
                    FigureTable.Row(
                        label: name,
                        cells: [
                            curve.secondsUntil50, curve.secondsUntil90, curve.secondsUntil99, curve.secondsUntilAll,
                        ].map(Self.seconds) + [
                            Decimals.rounded(curve.peakConnectsPerSecond),
                            Decimals.integer(curve.refusedAttempts),
                        ])
                }
            })
    }
}

extension StormCharts.Group {
    fileprivate func curves(_ curve: (StormSummary) -> StormCurve?) -> [StormCharts.Line] {
        storms.compactMap { storm in curve(storm.drawn).map { (storm, $0) } }
    }
}

extension StormCurve {
    /// The length of the curve, in seconds.
    var seconds: Double { Double(max(attempts.count, back.count)) * binSeconds }

    /// The length of the drawing, in seconds: a little beyond the time until 99 % are back. The last sessions of
    /// thousands may take as long again.
    fileprivate var drawnSeconds: Double {
        guard let last = secondsUntil99 else { return seconds }
        return min(max(last * 1.15, binSeconds), max(seconds, binSeconds))
    }

    /// The curve with at most `most` bins of equal length, of which the last may be shorter.
    func rebinned(to most: Int) -> StormCurve {
        let bins = max(attempts.count, back.count, refused.count)
        guard bins > most, most > 0 else { return self }
        let width = (bins + most - 1) / most
        func sums(_ counts: [Int]) -> [Int] {
            stride(from: 0, to: counts.count, by: width).map { start in
                counts[start..<min(start + width, counts.count)].reduce(0, +)
            }
        }
        var merged = self
        merged.binSeconds = binSeconds * Double(width)
        (merged.attempts, merged.refused, merged.back) = (sums(attempts), sums(refused), sums(back))
        return merged
    }
}
