public import ExperimentModel

/// The outcome of a run in a terminal: a few lines for each condition, no wider than asked for.
public enum SummaryTable {
    /// - Parameters:
    ///   - observations: the lines of a run, complete or not.
    ///   - width: in characters; columns that do not fit are left out, the least important first.
    /// - Returns: lines that end in a newline; a sentence that says so where there are no observations.
    public static func text(_ observations: [Observation], width: Int, options: ReportOptions = ReportOptions())
        -> String
    {
        text(ResultFolder(path: "", observations: observations), width: width, options: options)
    }

    /// The same of a result folder, whose manifest tells what is missing.
    public static func text(_ folder: ResultFolder, width: Int, options: ReportOptions = ReportOptions()) -> String {
        guard let analysis = try? AnalysisBuilder(folder, options: options).build() else {
            return "No trial has ended yet.\n"
        }
        return text(analysis, width: width)
    }

    /// The same from an analysis that was made before.
    public static func text(_ analysis: Analysis, width: Int) -> String {
        let study =
            analysis.auth.map { AuthSummaryText.lines(analysis, $0) }
            ?? analysis.sessions.map { SessionsSummaryText.lines(analysis, $0) }
        if let study {
            return study.flatMap { $0.wrapped(width: max(width, 40)) }.joined(separator: "\n") + "\n"
        }
        let groups = analysis.groups.map { group in
            Layout(analysis: analysis, group: group, width: max(width, 40)).lines.joined(separator: "\n")
        }
        let narrative = Narrative(analysis)
        let closing = [
            narrative.headline + ".", narrative.completenessSentence, narrative.recordedExclusionSentence,
            narrative.floorSentence,
        ].compactMap { $0 }.flatMap { $0.wrapped(width: max(width, 40)) }
        return (groups + [closing.joined(separator: "\n")]).joined(separator: "\n\n") + "\n"
    }
}

extension SummaryTable {
    /// The table of one condition.
    private struct Layout {
        let analysis: Analysis
        let group: Group
        let width: Int

        private struct Column {
            var title: String
            /// Columns with the highest number go first when there is no room.
            var rank: Int
            var isText = false
            var cells: [String]

            var width: Int { ([title] + cells).map(\.count).max() ?? 0 }

            /// The verdicts: words, which stand under the table where they find no room in it.
            static let verdictRank = 6
        }

        var lines: [String] {
            let heading = "\(group.label): \(group.condition.description)"
            let measured = group.cells.filter { $0.outcome == .measured }
            let floors = group.floors.filter { $0.outcome == .measured }
            let rows = measured + floors
            let names = rows.map { row in
                guard row.cell.server == .floor else { return row.subject.shortLabel }
                let tls = row.condition.tls == group.condition.tls ? "" : row.condition.tls ? ", TLS" : ", plain"
                return "floor \(row.subject.shortLabel)\(tls)"
            }
            let verdicts = verdicts(rows)
            let columns = fitting(
                [Column(title: "", rank: 0, isText: true, cells: names.map { "  " + $0.forTerminal })]
                    + figures(rows) + [verdicts])
            var lines = [clipped(heading.forTerminal)]
            if !rows.isEmpty {
                lines.append(line(columns.map { ($0, $0.title) }))
                for row in rows.indices { lines.append(line(columns.map { ($0, $0.cells[row]) })) }
                if !columns.contains(where: { $0.rank == Column.verdictRank }) {
                    lines += sentence(verdicts, names: names)
                }
            }
            for cell in group.cells where cell.outcome != .measured {
                let reason = cell.reasons.joined(separator: "; ")
                lines.append(clipped("  \(cell.subject.shortLabel) \(cell.outcome.rawValue): \(reason)".forTerminal))
            }
            return lines
        }

        private func figures(_ rows: [CellResult]) -> [Column] {
            let shown: [(title: String, metric: Metric, rank: Int)] = [
                ("p50", .latencyP50, 4), ("p99", .latencyP99, 1), ("uncorrected", .uncorrectedP99, 7),
                ("staleness", .stalenessMean, 5), ("CPU/update", .cpuPerUpdate, 2), ("bytes", .bytesPerUpdate, 3),
            ]
            let figures = shown.map { title, metric, rank in
                Column(
                    title: title, rank: rank,
                    cells: rows.map { row in
                        row.figure(metric).map { $0.value == .infinity ? "never" : metric.unit.text($0.value) } ?? "–"
                    })
            }
            return figures + [
                Column(title: "lost", rank: 9, cells: rows.map { Decimals.integer($0.ledger?.lost ?? 0) }),
                Column(title: "trials", rank: 8, cells: rows.map { Decimals.integer($0.okTrials) }),
            ]
        }

        private func verdicts(_ rows: [CellResult]) -> Column {
            let reference = group.reference
            let cells = rows.map { row -> String in
                guard row.cell.server != .floor, let reference else { return "" }
                guard row.subject != reference else { return "reference" }
                let contrast = analysis.contrast(row.subject, against: reference, .latencyP99, group.condition)
                guard let contrast else { return "–" }
                let change = VerdictCell(contrast).change
                return contrast.verdict.text + (change.isEmpty ? "" : " (\(change))")
            }
            let title = reference.map { "p99 against \($0.shortLabel)" } ?? ""
            return Column(title: title.forTerminal, rank: Column.verdictRank, isText: true, cells: cells)
        }

        private func sentence(_ verdicts: Column, names: [String]) -> [String] {
            let words = zip(names, verdicts.cells).filter { !$1.isEmpty && $1 != "reference" && $1 != "–" }
                .map { "\($0.forTerminal) \($1)" }
            guard !words.isEmpty else { return [] }
            var lines = ["  \(verdicts.title):"]
            // A verdict stays whole.
            for (place, word) in words.enumerated() {
                let text = " " + word + (place + 1 < words.count ? ";" : "")
                if lines[lines.count - 1].count + text.count <= width {
                    lines[lines.count - 1] += text
                } else {
                    lines.append("   " + text)
                }
            }
            return lines.map(clipped)
        }

        private func fitting(_ columns: [Column]) -> [Column] {
            var columns = columns
            while columns.count > 1, columns.reduce(0, { $0 + $1.width }) + 2 * (columns.count - 1) > width {
                guard let last = columns.indices.max(by: { columns[$0].rank < columns[$1].rank }) else { break }
                columns.remove(at: last)
            }
            return columns
        }

        private func line(_ cells: [(column: Column, text: String)]) -> String {
            let padded = cells.map { column, text in
                let space = String(repeating: " ", count: max(0, column.width - text.count))
                return column.isText ? text + space : space + text
            }
            var line = padded.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return clipped(line)
        }

        private func clipped(_ text: String) -> String {
            text.count <= width ? text : text.prefix(width - 1) + "…"
        }
    }
}
