internal import ExperimentModel

/// The tables of a report on auth schemes, the same on the page and in Markdown.
struct AuthTables {
    let analysis: AuthAnalysis

    private static let columns = [
        PageTable.Column(title: "Scheme"), PageTable.Column(title: "Exchanges", note: "to connect", isText: true),
        PageTable.Column(title: "Exposure", isText: true),
        PageTable.Column(title: "Pre-auth cost", note: "per peer", isText: true),
        PageTable.Column(title: "Enforcement lag", note: "p99", isText: true),
        PageTable.Column(title: "Renewal gap", isText: true), PageTable.Column(title: "Legibility", isText: true),
        PageTable.Column(title: "Attacks", note: "repelled", isText: true),
        PageTable.Column(title: "Code", isText: true), PageTable.Column(title: "Reach", note: "clients", isText: true),
        PageTable.Column(title: "CPU", note: "per handshake", isText: true),
    ]

    // MARK: The vectors

    /// One table for each path, with a row for each scheme, including those that cannot be used there.
    var vectors: [PageTable] {
        analysis.paths.map { path in
            let rows = analysis.schemes.flatMap { scheme -> [PageTable.Row] in
                if let vector = analysis.vector(scheme, path) { return [row(vector)] }
                return analysis.exclusions.filter { $0.cell.auth == scheme && AuthPath($0.cell) == path }.map { gap in
                    PageTable.Row(
                        heading: scheme,
                        remark: .init(
                            chip: gap.status.rawValue, label: gap.status.rawValue, text: gap.reason,
                            span: Self.columns.count - 1))
                }
            }
            return PageTable(path.label, columns: Self.columns, rows: rows)
        }
    }

    private func row(_ vector: AuthVector) -> PageTable.Row {
        PageTable.Row(
            heading: vector.scheme,
            cells: [
                exchanges(vector), exposure(vector), preAuth(vector), enforcement(vector), renewal(vector),
                legibility(vector), attacks(vector), code(vector), reach(vector), cpu(vector),
            ])
    }

    private func missing(_ vector: AuthVector, _ part: String, _ otherwise: String = "") -> PageTable.Cell {
        PageTable.Cell(text: "not measured", note: Words(vector.omission(part) ?? otherwise), isText: true)
    }

    private func exchanges(_ vector: AuthVector) -> PageTable.Cell {
        guard let connect = vector.exchange("connect") else { return missing(vector, "exchanges") }
        let later = ["reconnect", "renewal"].compactMap { step in
            vector.exchange(step).map { "\(step) \($0.requests) / \($0.roundTrips) / \(bytes($0))" }
        }
        return PageTable.Cell(
            text: "\(Decimals.count(connect.requests, "request")), \(Decimals.count(connect.roundTrips, "round trip"))",
            note: Words(bytes(connect)), aside: Words(later.joined(separator: "; ")), isText: true)
    }

    private func bytes(_ exchange: AuthSummary.Exchange) -> String {
        "\(Decimals.integer(exchange.bytesSent + exchange.bytesReceived)) B"
    }

    private func exposure(_ vector: AuthVector) -> PageTable.Cell {
        guard let sinks = vector.summary.exposure, let found = vector.sinksFound else {
            return missing(vector, "exposure")
        }
        guard !found.isEmpty else {
            return PageTable.Cell(
                text: "in none of \(Decimals.integer(sinks.count))", note: Words(vector.omission("exposure") ?? ""),
                isText: true)
        }
        let left = Decimals.fixed(found.compactMap(\.secondsLeft).max() ?? 0, places: 0)
        return PageTable.Cell(
            text: "in \(Decimals.integer(found.count)) of \(Decimals.integer(sinks.count))",
            note: Words(found.contains { $0.isReusable == true } ? "reusable, \(left) s left" : "used up"),
            aside: Words(vector.omission("exposure") ?? ""), isText: true)
    }

    private func preAuth(_ vector: AuthVector) -> PageTable.Cell {
        guard let kinds = vector.summary.preAuth,
            let dearest = kinds.max(by: { Double($0.bytes) * $0.seconds < Double($1.bytes) * $1.seconds })
        else { return missing(vector, "pre-auth") }
        return PageTable.Cell(
            text: "\(Unit.bytes.text(Double(dearest.bytes))) × \(Decimals.fixed(dearest.seconds, places: 2)) s",
            note: Words(dearest.kind), isText: true)
    }

    private func enforcement(_ vector: AuthVector) -> PageTable.Cell {
        guard let worst = vector.summary.enforcement?.max(by: { $0.p99 < $1.p99 }) else {
            return missing(vector, "enforcement")
        }
        let survivors = vector.summary.enforcement?.reduce(0) { $0 + $1.survivors } ?? 0
        return PageTable.Cell(
            text: Unit.nanoseconds.text(worst.p99 * 1e6), note: Words("\(worst.cause), the slowest"),
            aside: Words(survivors > 0 ? Decimals.count(survivors, "stream") + " outlived the bound" : ""), isText: true
        )
    }

    private func renewal(_ vector: AuthVector) -> PageTable.Cell {
        guard let best = vector.bestRenewal else { return missing(vector, "renewal") }
        let others = (vector.summary.renewal ?? []).filter { $0.way != best.way }
        return PageTable.Cell(
            text: gap(best), note: Words(best.way),
            aside: Words(others.map { "\($0.way): \(gap($0))" }.joined(separator: "; ")), isText: true)
    }

    private func gap(_ renewal: AuthSummary.Renewal) -> String {
        renewal.reconnects == 0 ? "none" : Unit.nanoseconds.text(renewal.gapMilliseconds * 1e6)
    }

    private func legibility(_ vector: AuthVector) -> PageTable.Cell {
        guard let record = analysis.files.legibility else {
            return missing(vector, "legibility", AuthFiles.noLegibility)
        }
        let bits = record.bits(for: vector).map { "\($0.client) \(Decimals.fixed($0.bits, places: 1)) bits" }
        guard !bits.isEmpty else {
            return PageTable.Cell(
                text: "none to see it", note: "no native client can use the scheme here", isText: true)
        }
        return PageTable.Cell(text: bits[0], note: Words(bits.dropFirst().joined(separator: "; ")), isText: true)
    }

    private func attacks(_ vector: AuthVector) -> PageTable.Cell {
        guard let attacks = vector.summary.attacks, let passed = vector.attacksPassed else {
            return missing(vector, "attacks")
        }
        return PageTable.Cell(
            text: "\(Decimals.integer(attacks.count - passed)) of \(Decimals.integer(attacks.count))",
            chip: Words(passed > 0 ? "failed" : "ok"), isText: true)
    }

    private func code(_ vector: AuthVector) -> PageTable.Cell {
        guard let code = vector.code else {
            return missing(vector, "code", AuthFiles.noCode)
        }
        return PageTable.Cell(
            text: Decimals.count(code.lines, "line"),
            note: Words(
                "\(Decimals.count(code.branches, "branch", "branches")), \(Decimals.count(code.settings, "setting"))"),
            aside: Words(code.serverState == "none" ? "keeps nothing" : "keeps \(code.serverState)"), isText: true)
    }

    private func reach(_ vector: AuthVector) -> PageTable.Cell {
        guard let reach = vector.summary.reach else { return missing(vector, "reach") }
        let not = reach.filter { !$0.isUsable }.map(\.client)
        return PageTable.Cell(
            text: "\(reach.count - not.count) of \(reach.count)",
            note: Words(not.isEmpty ? "" : "not \(Prose.list(not))"),
            isText: true)
    }

    private func cpu(_ vector: AuthVector) -> PageTable.Cell {
        guard let handshake = vector.handshake else {
            return missing(vector, "cpu", "no cell of this path is about CPU")
        }
        return PageTable.Cell(
            text: Unit.nanoseconds.text(handshake.microseconds * 1e3),
            note: Words(handshake.ratio.map { "× \(Decimals.fixed($0, places: 2)) of none" } ?? ""),
            aside: Words(handshake.algorithm ?? ""), isText: true)
    }

    // MARK: Fronts and goals

    var goals: PageTable { PageTable(analysis.goals) }

    /// One row for each scheme and path that has a vector.
    var fronts: PageTable {
        let rows = analysis.fronts.flatMap { front -> [PageTable.Row] in
            let members = front.front.map { member in
                PageTable.Row(
                    heading: front.path.label,
                    cells: [
                        PageTable.Cell(text: member.scheme, isText: true),
                        PageTable.Cell(text: "front", chip: "ok", isText: true),
                        PageTable.Cell(
                            text: member.strengths.isEmpty
                                ? "best on no single axis"
                                : "none does better in \(Prose.list(member.strengths.map(\.rawValue)))",
                            isReason: true),
                    ])
            }
            let others = front.dominated.map { other in
                PageTable.Row(
                    heading: front.path.label,
                    cells: [
                        PageTable.Cell(text: other.scheme, isText: true),
                        PageTable.Cell(text: "dominated", chip: "undecided", isText: true),
                        PageTable.Cell(
                            text:
                                "by \(Prose.list(other.by)); \(other.by[0]) does better in \(Prose.list(other.weaknesses.map(\.rawValue)))",
                            isReason: true),
                    ])
            }
            return members + others
        }
        return PageTable(
            "What is left to choose from, by path",
            columns: [
                PageTable.Column(title: "Path"), PageTable.Column(title: "Scheme", isText: true),
                PageTable.Column(title: "Place", isText: true), PageTable.Column(title: "Why", isText: true),
            ], rows: rows)
    }
}
