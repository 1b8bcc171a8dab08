internal import ExperimentModel

/// The section of a study of proxies: a matrix of paths and transports, and the figures behind it.
struct PathSection {
    let analysis: SessionsAnalysis
    private typealias Column = PageTable.Column
    private typealias Cell = PageTable.Cell

    var section: SessionsSection {
        SessionsSection(
            id: "paths", title: "Proxies",
            note:
                "What each transport is worth through what stands between client and server. Held back: updates came late, in lumps or not "
                + "at all while the connection lasted. Cut: an idle connection was ended, and came back. The settings are the lines of "
                + "configuration that the transport needs beyond passing requests on.",
            tables: [matrix].compactMap { $0 }, details: [details].compactMap { $0 })
    }

    private var cells: [ExperimentModel.Cell] {
        analysis.paths.map(\.cell) + analysis.exclusions.map(\.cell).filter { $0.session?.path != nil }
    }

    private func transport(_ cell: ExperimentModel.Cell) -> String { analysis.naming.clientLabel(cell) }

    private var matrix: PageTable? {
        guard !analysis.paths.isEmpty else { return nil }
        let transports = unique(cells.map(transport))
        let paths = unique(cells.map { $0.session?.path ?? "direct" })
        let rows = paths.map { path in
            PageTable.Row(heading: path, cells: transports.map { cell(path, $0) })
        }
        return PageTable.ofRows(
            "Path by transport", detail: "First update, then the 99th percentile of all updates.",
            [Column(title: "Path")] + transports.map { Column(title: $0, isText: true) }, rows)
    }

    private func cell(_ path: String, _ transport: String) -> Cell {
        let found = analysis.paths.first { $0.cell.session?.path == path && self.transport($0.cell) == transport }
        guard let found else {
            let gap = analysis.exclusions.first {
                $0.cell.session?.path == path && self.transport($0.cell) == transport
            }
            guard let gap else { return Cell(text: "–", isText: true) }
            return Cell(
                text: gap.status.rawValue, note: Words(gap.reason), chip: Words(gap.status.rawValue), isText: true)
        }
        var times: [String] = []
        if let first = found.firstUpdate { times.append("first \(Unit.nanoseconds.text(first.p50.value))") }
        if let updates = found.updates { times.append("p99 \(Unit.nanoseconds.text(updates.p99.value))") }
        if let cut = found.idleCut { times.append("cut after \(Unit.nanoseconds.text(cut.value))") }
        if let status = found.refusal { times.append("status \(status)") }
        return Cell(
            text: found.verdict.label, note: Words(times.joined(separator: ", ")),
            aside: Words(Decimals.count(found.settings, "setting")), chip: found.verdict.chip, isText: true)
    }

    private var details: PageTable? {
        let rows = analysis.paths.map { result in
            PageTable.Row(
                heading: "\(transport(result.cell)), \(result.cell.session?.path ?? "direct")",
                cells: [
                    Cell(text: result.verdict.label, chip: result.verdict.chip, isText: true),
                    Cell(text: result.outcomes.joined(separator: "; "), isReason: true),
                    Cell(result.firstUpdate), Cell(result.updates), Cell(result.idleCut, .nanoseconds),
                    Cell(text: result.refusal.map { "\($0)" } ?? "–"), Cell(text: Decimals.integer(result.settings)),
                    LedgerColumns.faults(result.ledger), Cell(text: Decimals.integer(result.trials)),
                ])
        }
        let columns = [
            Column(title: "Transport and path"), Column(title: "Verdict", isText: true),
            Column(title: "Outcome", isText: true), Column(title: "First update"), Column(title: "Updates"),
            Column(title: "Idle cut", note: "after"), Column(title: "Refused", note: "status"),
            Column(title: "Settings"),
            LedgerColumns.faultsColumn, Column(title: "Trials"),
        ]
        return PageTable.ofRows("Every path and transport", columns, rows)
    }
}
