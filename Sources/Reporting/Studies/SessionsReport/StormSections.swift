internal import ExperimentModel

/// The sections of a study of storms: the measurement, the model beside it, and the extrapolation by the model.
struct StormSections {
    let analysis: SessionsAnalysis
    private var storms: [StormResult] { analysis.storms }

    var all: [SessionsSection] { storms.isEmpty ? [] : [measured, model, extrapolation] }

    private typealias Column = PageTable.Column
    private typealias Cell = PageTable.Cell

    private func rate(_ estimate: Estimate?) -> Cell {
        guard let estimate else { return .none }
        let interval = estimate.interval.map { ends -> String in
            let texts = [ends.lowerBound, ends.upperBound].map { Decimals.rounded($0) }
            return texts[0] == texts[1] ? "" : texts.joined(separator: "–")
        }
        return Cell(text: Decimals.rounded(estimate.value), note: Words(interval ?? ""))
    }

    // MARK: Measured

    private var measured: SessionsSection {
        let rows = storms.map { storm in
            PageTable.Row(
                heading: analysis.naming.labelBesideSize(storm.cell),
                cells: [
                    Cell(text: Decimals.integer(storm.sessions)), rate(storm.acceptRate),
                    Cell(storm.measured.until50, .nanoseconds), Cell(storm.measured.until99, .nanoseconds),
                    overBound(storm), rate(storm.measured.peak), attempts(storm), rate(storm.measured.refused),
                    rate(storm.measured.stopped), storm.bystandersBefore?.lastCell ?? .none, during(storm),
                    LedgerColumns.faults(storm.ledger),
                    Cell(text: Decimals.integer(storm.trials)),
                ])
        }
        let columns = [
            Column(title: "Transport and policy"), Column(title: "Sessions", note: "cut at once"),
            Column(title: "Accept rate", note: "a second"), Column(title: "50 % back"), Column(title: "99 % back"),
            Column(title: "Over bound", note: "99 %"), Column(title: "Peak", note: "attempts a second"),
            Column(title: "Attempts", note: "a session"), Column(title: "Refused"),
            Column(title: "Stopped", note: "for good"),
            Column(title: "Bystanders' p99", note: "before"), Column(title: "Bystanders' p99", note: "during"),
            LedgerColumns.faultsColumn, Column(title: "Trials"),
        ]
        return SessionsSection(
            id: "storms", title: "Storms",
            note:
                "All sessions are cut at once and come back by their policy. The bound is what the accept rate allows: the sessions over "
                + "the connections a second that the same server took one after the other, or over its own limit, of which a second's worth passes at once, where that takes longer. "
                + "Bystanders are sessions that were not cut."
                + (stoppedSentence.map { " " + $0 } ?? ""),
            tables: [PageTable.ofRows("Storms, measured", columns, rows)].compactMap { $0 },
            figures: StormCharts(analysis: analysis).measured)
    }

    /// The sessions of all storms that stopped by their own rules; nil if all came back.
    var stoppedSentence: String? {
        let stopped = storms.compactMap { storm in
            storm.measured.stopped.flatMap { $0.value > 0 ? (storm, Int64($0.value.rounded())) : nil }
        }
        guard !stopped.isEmpty else { return nil }
        let parts = stopped.map { storm, count in
            "\(Decimals.integer(count)) of \(Decimals.integer(storm.sessions)) (\(analysis.naming.labelBesideSize(storm.cell)))"
        }
        return
            "Sessions that a 503 of the server's limit ended for good, as the HTML standard has it for a native EventSource, or "
            + "that gave up: \(Prose.list(parts))."
    }

    private func overBound(_ storm: StormResult) -> Cell {
        guard let over = storm.overBound else { return .none }
        let bound = storm.bound.map { "of \(Unit.nanoseconds.text($0))" } ?? ""
        guard over.value.isFinite else { return Cell(text: "never", note: Words(bound), chip: "failed") }
        let isGoal = storm.sessions >= SessionGoals.sessions
        return Cell(
            text: "× \(Decimals.fixed(over.value, places: 2))", note: Words(bound),
            chip: !isGoal ? "" : over.value <= SessionGoals.timesBound ? "ok" : "undecided")
    }

    private func attempts(_ storm: StormResult) -> Cell {
        guard let attempts = storm.measured.attempts, storm.sessions > 0 else { return .none }
        return Cell(text: Decimals.fixed(attempts.value / Double(storm.sessions), places: 2))
    }

    private func during(_ storm: StormResult) -> Cell {
        guard var cell = storm.bystandersDuring?.lastCell else { return .none }
        let change = LatencyChange.text(storm.bystandersBefore, storm.bystandersDuring)
        if change != "–" { cell.text += " (\(change))" }
        return cell
    }

    // MARK: Model

    private var model: SessionsSection {
        let compared = storms.compactMap { storm in storm.model.map { (storm, $0) } }
        let rows = compared.map { storm, model in
            PageTable.Row(
                heading: analysis.naming.labelBesideSize(storm.cell),
                cells: [
                    Cell(text: Decimals.integer(storm.sessions)), Cell(storm.measured.until99, .nanoseconds),
                    Cell(model.until99, .nanoseconds), error(storm.timeError), rate(storm.measured.peak),
                    rate(model.peak), error(storm.peakError), rate(storm.measured.refused), rate(model.refused),
                ])
        }
        let columns = [
            Column(title: "Transport and policy"), Column(title: "Sessions"),
            Column(title: "99 % back", note: "measured"),
            Column(title: "99 % back", note: "model"), Column(title: "Error", note: "of the time"),
            Column(title: "Peak", note: "measured, a second"), Column(title: "Peak", note: "model, a second"),
            Column(title: "Error", note: "of the peak"), Column(title: "Refused", note: "measured"),
            Column(title: "Refused", note: "model"),
        ]
        return SessionsSection(
            id: "model", title: "The model beside the machine",
            note: "The same state machines and policies in virtual time, with the accept rate that was measured. "
                + (errorSentence.map { $0 + " " } ?? "") + "An error is the model's figure against the measured one.",
            tables: [PageTable.ofRows("Measured and simulated", columns, rows)].compactMap { $0 })
    }

    private func error(_ ratio: Estimate?) -> Cell {
        guard let ratio else { return .none }
        let interval = ratio.interval.map { ends -> String in
            let texts = [Decimals.change(ends.lowerBound), Decimals.change(ends.upperBound)]
            return texts[0] == texts[1] ? "" : "\(texts[0]) to \(texts[1])"
        }
        return Cell(text: Decimals.change(ratio.value), note: Words(interval ?? ""))
    }

    /// The range of the model's errors over all storms; nil if there is nothing to compare.
    var errorSentence: String? {
        func range(_ errors: [Estimate], _ what: String) -> String? {
            let values = errors.map(\.value).sorted()
            guard let low = values.first, let high = values.last else { return nil }
            let ends = [Decimals.change(low), Decimals.change(high)]
            return ends[0] == ends[1] ? "\(ends[0]) in \(what)" : "\(ends[0]) to \(ends[1]) in \(what)"
        }
        let parts = [
            range(storms.compactMap(\.timeError), "the time until 99 % are back"),
            range(storms.compactMap(\.peakError), "the highest rate of attempts"),
        ].compactMap { $0 }
        return parts.isEmpty ? nil : "It is off by \(Prose.list(parts))."
    }

    // MARK: Extrapolation

    private var extrapolation: SessionsSection {
        let simulated = storms.compactMap { storm in storm.extrapolation.map { (storm, $0) } }
        let rows = simulated.map { storm, curve in
            PageTable.Row(
                heading: analysis.naming.labelBesideSize(storm.cell),
                cells: [
                    Cell(text: Decimals.integer(curve.sessions)),
                    Cell(text: storm.extrapolationAcceptRate.map { Decimals.rounded($0) } ?? "–"),
                    Cell(curve.until50, .nanoseconds), Cell(curve.until90, .nanoseconds),
                    Cell(curve.until99, .nanoseconds), Cell(curve.untilAll, .nanoseconds), rate(curve.peak),
                    rate(curve.refused), rate(curve.stopped),
                ])
        }
        let columns = [
            Column(title: "Transport and policy"), Column(title: "Sessions"),
            Column(title: "Accept rate", note: "a second"), Column(title: "50 % back"), Column(title: "90 % back"),
            Column(title: "99 % back"), Column(title: "All back"), Column(title: "Peak", note: "attempts a second"),
            Column(title: "Refused"), Column(title: "Stopped", note: "for good"),
        ]
        return SessionsSection(
            id: "extrapolation", title: "Past this machine: simulated only",
            note:
                "The model with more sessions than this machine can hold, at one accept rate for all policies. Nothing of this was "
                + "measured; how far the model may be off stands above.",
            tables: [PageTable.ofRows("Simulated", columns, rows)].compactMap { $0 },
            figures: StormCharts(analysis: analysis).extrapolated)
    }
}
