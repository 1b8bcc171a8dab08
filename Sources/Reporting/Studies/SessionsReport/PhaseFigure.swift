internal import ExperimentModel
internal import Measurement

/// The medians of the phases of one fault, laid end to end: one bar for each client and strategy.
struct PhaseFigure {
    let analysis: SessionsAnalysis
    let fault: FaultPlan?
    let results: [RecoveryResult]

    /// Nil if no phase was observed.
    var figure: Figure? {
        let drawn = results.filter { !parts($0).isEmpty }
        guard !drawn.isEmpty else { return nil }
        let title = fault?.name ?? "no fault"
        // Labels in a chart say only what differs within the chart.
        let naming = CellNaming(drawn.map(\.cell))
        let stack = StackedPhases(
            rows: drawn.map { result in
                StackedPhases.Row(
                    label: naming.label(result.cell) + (isCutShort(result) ? ", never back" : ""), parts: parts(result))
            })
        let shared = analysis.naming.label(
            drawn[0].cell, leavingOut: naming.varying.union([.transport, .fault]), orElse: "")
        return Figure(
            chart: stack.chart(
                title: title,
                summary: "Medians of the phases under \(title): "
                    + drawn.map { "\(label($0)) \(total($0))" }.joined(separator: "; ") + ".",
                origin: "since the fault began"),
            caption: FaultText(analysis).sentence(fault) + " The median of each phase, one after the other"
                + (drawn.contains(where: isCutShort)
                    ? "; a bar ends where half of the sessions never got further." : ".")
                + (shared.isEmpty ? "" : " Here all are of \(shared)."),
            table: table(drawn, title))
    }

    /// The phases that the median session reached.
    private func parts(_ result: RecoveryResult) -> [(phase: SessionPhase, length: Double)] {
        var parts: [(phase: SessionPhase, length: Double)] = []
        for phase in SessionPhase.stacked {
            guard let median = result.phases[phase]?.p50.value else { continue }
            guard median.isFinite else { break }
            parts.append((phase, max(median, 0)))
        }
        return parts
    }

    private func isCutShort(_ result: RecoveryResult) -> Bool {
        SessionPhase.stacked.contains { result.phases[$0].map { !$0.p50.value.isFinite } ?? false }
    }

    private func label(_ result: RecoveryResult) -> String {
        analysis.naming.label(result.cell, leavingOut: [.fault])
    }

    private func total(_ result: RecoveryResult) -> String {
        guard !isCutShort(result) else { return "never back" }
        return Unit.nanoseconds.text(parts(result).reduce(0) { $0 + $1.length })
    }

    private func table(_ drawn: [RecoveryResult], _ title: String) -> FigureTable {
        FigureTable(
            caption: "Medians of the phases under \(title)",
            columns: SessionPhase.stacked.map(\.title) + ["all of them", "sessions cut"],
            rows: drawn.map { result in
                FigureTable.Row(
                    label: label(result),
                    cells: SessionPhase.stacked.map { result.phases[$0]?.p50.text(.nanoseconds) ?? "–" }
                        + [total(result), Decimals.integer(result.interrupted)])
            })
    }
}

/// The durations of the last three phases, which are too short to be seen beside detection and waiting.
struct ReturnFigure {
    let analysis: SessionsAnalysis

    private static let phases: [SessionPhase] = [.connect, .authenticate, .replay]

    /// Nil if none of them was observed.
    var figure: Figure? {
        let labels = unique(analysis.recoveries.map(label))
        let rows = labels.compactMap { name -> (row: StackedPhases.Row, cells: Int)? in
            let here = analysis.recoveries.filter { label($0) == name }
            let parts = Self.phases.compactMap { phase -> (phase: SessionPhase, length: Double)? in
                let medians = here.compactMap { $0.phases[phase]?.p50.value }.filter(\.isFinite)
                return Quantiles(medians).median.map { (phase, max($0, 0)) }
            }
            return parts.isEmpty ? nil : (StackedPhases.Row(label: name, parts: parts), here.count)
        }
        guard !rows.isEmpty else { return nil }
        let title = "Once the attempt has begun"
        return Figure(
            chart: StackedPhases(rows: rows.map(\.row)).chart(
                title: title,
                summary: title + ": "
                    + rows.map { "\($0.row.label) \(Unit.nanoseconds.text($0.row.total))" }.joined(separator: "; ")
                    + ".",
                origin: "since the attempt began"),
            caption:
                "The last three phases alone, which the charts of the faults are too coarse to show: the median over all faults of "
                + "each cell's median. This is what transport and server decide; the rest is settings and policy.",
            table: FigureTable(
                caption: title, columns: Self.phases.map(\.title) + ["all of them", "cells"],
                rows: rows.map { row, cells in
                    FigureTable.Row(
                        label: row.label,
                        cells: Self.phases.map { phase in
                            row.parts.first { $0.phase == phase }.map { Unit.nanoseconds.text($0.length) } ?? "–"
                        } + [Unit.nanoseconds.text(row.total), Decimals.integer(cells)])
                }))
    }

    private func label(_ result: RecoveryResult) -> String {
        analysis.naming.label(result.cell, leavingOut: [.fault, .client])
    }
}
