internal import ExperimentModel

/// The summary of a comparison of transports for a terminal.
struct DeliverySummary {
    let analysis: Analysis

    var summary: RunSummary {
        let narrative = Narrative(analysis)
        let closing = [
            narrative.headline + ".", narrative.completenessSentence, narrative.recordedExclusionSentence,
            narrative.floorSentence,
        ].compactMap { $0 }
        return RunSummary(blocks: analysis.groups.map { .table(table($0)) } + [.sentences(closing)])
    }

    private func table(_ group: Group) -> RankedTable {
        let rows = (group.cells + group.floors).filter { $0.outcome == .measured }
        let verdicts = rows.map { verdict(of: $0, in: group) }
        return RankedTable(
            heading: "\(group.label): \(group.condition.description)", names: rows.map { name(of: $0, in: group) },
            columns: figures(rows),
            words: RankedTable.Column(
                title: group.reference.map { "p99 against \($0.shortLabel)" } ?? "", rank: 6, isText: true,
                cells: verdicts),
            told: rows.indices.filter { !["", "reference", "–"].contains(verdicts[$0]) },
            remarks: group.cells.filter { $0.outcome != .measured }.map { cell in
                "\(cell.subject.shortLabel) \(cell.outcome.rawValue): \(cell.reasons.joined(separator: "; "))"
            })
    }

    private func name(of row: CellResult, in group: Group) -> String {
        guard row.cell.server == .floor else { return row.subject.shortLabel }
        let tls = row.condition.tls == group.condition.tls ? "" : row.condition.tls ? ", TLS" : ", plain"
        return "floor \(row.subject.shortLabel)\(tls)"
    }

    private func figures(_ rows: [CellResult]) -> [RankedTable.Column] {
        let shown: [(title: String, metric: Metric, rank: Int)] = [
            ("p50", .latencyP50, 4), ("p99", .latencyP99, 1), ("uncorrected", .uncorrectedP99, 7),
            ("staleness", .stalenessMean, 5), ("CPU/update", .cpuPerUpdate, 2), ("bytes", .bytesPerUpdate, 3),
        ]
        let figures = shown.map { title, metric, rank in
            RankedTable.Column(
                title: title, rank: rank,
                cells: rows.map { row in
                    row.figure(metric).map { $0.value == .infinity ? "never" : metric.unit.text($0.value) } ?? "–"
                })
        }
        return figures + [
            RankedTable.Column(title: "lost", rank: 9, cells: rows.map { Decimals.integer($0.ledger?.lost ?? 0) }),
            RankedTable.Column(title: "trials", rank: 8, cells: rows.map { Decimals.integer($0.okTrials) }),
        ]
    }

    private func verdict(of row: CellResult, in group: Group) -> String {
        guard row.cell.server != .floor, let reference = group.reference else { return "" }
        guard row.subject != reference else { return "reference" }
        let contrast = analysis.contrast(row.subject, against: reference, .latencyP99, group.condition)
        guard let contrast else { return "–" }
        let change = VerdictCell(contrast).change
        return contrast.verdict.text + (change.isEmpty ? "" : " (\(change))")
    }
}
