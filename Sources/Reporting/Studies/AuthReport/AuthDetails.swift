internal import ExperimentModel

/// The tables behind the vectors: every lag, sink, renewal, attack and cost.
struct AuthDetails {
    let analysis: AuthAnalysis

    /// The tables that have rows.
    var all: [PageTable] {
        [enforcement, exposure, preAuth, renewal, attacks, cpu].compactMap { $0 }
            + (analysis.files.legibility.map { AuthLegibility(record: $0).tables } ?? []) + [code].compactMap { $0 }
    }

    private typealias Column = PageTable.Column
    private typealias Cell = PageTable.Cell

    private func table(_ caption: String, _ columns: [Column], _ rows: [PageTable.Row]) -> PageTable? {
        rows.isEmpty ? nil : PageTable(caption, columns: columns, rows: rows)
    }

    private func name(_ vector: AuthVector) -> String { "\(vector.scheme): \(vector.path.label)" }

    private var enforcement: PageTable? {
        var rows: [PageTable.Row] = []
        for vector in analysis.vectors {
            for lag in vector.summary.enforcement ?? [] { rows.append(row(vector, lag)) }
        }
        return table(
            "Enforcement: from the end of a credential to the last update, or the end of the stream",
            [
                Column(title: "Scheme and path"), Column(title: "Cause", isText: true), Column(title: "Streams"),
                Column(title: "p50"), Column(title: "p99"), Column(title: "max"),
                Column(title: "Last update", note: "of any"),
                Column(title: "Outlived the bound"),
                Column(title: "Client busy", note: "processors"),
            ], rows)
    }

    private func row(_ vector: AuthVector, _ lag: AuthSummary.Enforcement) -> PageTable.Row {
        let times = [lag.p50, lag.p99, lag.maximum].map { Cell(text: Unit.nanoseconds.text($0 * 1e6)) }
        let head = [Cell(text: lag.cause, isText: true), Cell(text: Decimals.integer(lag.streams))]
        let tail = [
            Cell(text: lag.lastUpdate.map { $0 == 0 ? "none after it" : Unit.nanoseconds.text($0 * 1e6) } ?? "–"),
            Cell(text: Decimals.integer(lag.survivors), chip: lag.survivors > 0 ? "failed" : ""),
            Cell(text: lag.clientBusy.map { Decimals.fixed($0, places: 2) } ?? "–"),
        ]
        return PageTable.Row(heading: name(vector), cells: head + times + tail)
    }

    /// One row for each sink of each scheme and path that contained the credential.
    private var exposure: PageTable? {
        var rows: [PageTable.Row] = []
        for vector in analysis.vectors {
            for sink in vector.sinksFound ?? [] {
                rows.append(
                    PageTable.Row(
                        heading: name(vector),
                        cells: [
                            Cell(text: sink.name, isText: true),
                            Cell(text: sink.secondsLeft.map { "\(Decimals.fixed($0, places: 0)) s" } ?? "–"),
                            Cell(
                                text: sink.isReusable == true ? "opens the stream again" : "opens nothing",
                                chip: sink.isReusable == true ? "failed" : "ok", isText: true),
                        ]))
            }
        }
        return table(
            "Exposure: where a planted credential was found",
            [
                Column(title: "Scheme and path"), Column(title: "Sink", isText: true), Column(title: "Life left"),
                Column(title: "Whoever finds it", isText: true),
            ], rows)
    }

    private var preAuth: PageTable? {
        table(
            "Before a credential: what a peer holds",
            [
                Column(title: "Scheme and path"), Column(title: "Kind", isText: true), Column(title: "Memory"),
                Column(title: "Descriptors"), Column(title: "Until it is ended"),
                Column(title: "What stops more", isText: true),
            ],
            analysis.vectors.flatMap { vector in
                (vector.summary.preAuth ?? []).map { cost in
                    PageTable.Row(
                        heading: name(vector),
                        cells: [
                            Cell(text: cost.kind, isText: true), Cell(text: Unit.bytes.text(Double(cost.bytes))),
                            Cell(text: Decimals.integer(cost.descriptors)),
                            Cell(text: "\(Decimals.fixed(cost.seconds, places: 2)) s"),
                            Cell(text: cost.limit, isReason: true),
                        ])
                }
            })
    }

    private var renewal: PageTable? {
        table(
            "Renewal: what a stream goes through when a later credential takes the place of the first",
            [
                Column(title: "Scheme and path"), Column(title: "Way", isText: true), Column(title: "Without a stream"),
                Column(title: "Replayed"), Column(title: "Duplicated"), Column(title: "Lost"),
                Column(title: "Reconnects"),
            ],
            analysis.vectors.flatMap { vector in
                (vector.summary.renewal ?? []).map { renewal in
                    PageTable.Row(
                        heading: name(vector),
                        cells: [
                            Cell(text: renewal.way, isText: true),
                            Cell(text: Unit.nanoseconds.text(renewal.gapMilliseconds * 1e6)),
                            Cell(text: Decimals.integer(renewal.replayed)),
                            Cell(text: Decimals.integer(renewal.duplicated)),
                            Cell(text: Decimals.integer(renewal.lost), chip: renewal.lost > 0 ? "failed" : ""),
                            Cell(text: Decimals.integer(renewal.reconnects)),
                        ])
                }
            })
    }

    /// The attacks by class, and each attack that passed by itself.
    private var attacks: PageTable? {
        var rows: [PageTable.Row] = []
        for vector in analysis.vectors {
            guard let attacks = vector.summary.attacks else { continue }
            for category in unique(attacks.map(\.category)) {
                let here = attacks.filter { $0.category == category }
                let passed = here.filter { !$0.isRepelled }
                rows.append(
                    PageTable.Row(
                        heading: name(vector),
                        cells: [
                            Cell(text: category, isText: true),
                            Cell(
                                text: "\(here.count - passed.count) of \(here.count)",
                                chip: passed.isEmpty ? "ok" : "failed"),
                            Cell(
                                text: passed.map { "\($0.name): \($0.observed) instead of \($0.expected)" }
                                    .joined(separator: "; "), isReason: true),
                        ]))
            }
        }
        return table(
            "Attacks, by class",
            [
                Column(title: "Scheme and path"), Column(title: "Class", isText: true), Column(title: "Repelled"),
                Column(title: "What passed", isText: true),
            ], rows)
    }

    private var cpu: PageTable? {
        table(
            "CPU: of the server, and of a verification",
            [
                Column(title: "Scheme and path"), Column(title: "Work", isText: true),
                Column(title: "Algorithm", isText: true), Column(title: "CPU"), Column(title: "Against none"),
            ],
            analysis.vectors.flatMap { vector in
                (vector.summary.cpu ?? []).map { cost in
                    PageTable.Row(
                        heading: name(vector),
                        cells: [
                            Cell(text: cost.work, isText: true), Cell(text: cost.algorithm ?? "–", isText: true),
                            Cell(text: Unit.nanoseconds.text(cost.microseconds * 1e3)),
                            Cell(text: cost.ratio.map { "× \(Decimals.fixed($0, places: 2))" } ?? "–"),
                        ])
                }
            })
    }

    private var code: PageTable? {
        guard let record = analysis.files.code else { return nil }
        var made = table(
            "Code and settings of each scheme",
            [
                Column(title: "Scheme"), Column(title: "Lines"), Column(title: "Branches"), Column(title: "Settings"),
                Column(title: "What the server keeps", isText: true),
            ],
            record.schemes.map { scheme in
                PageTable.Row(
                    heading: scheme.scheme,
                    cells: [
                        Cell(text: Decimals.integer(scheme.lines)), Cell(text: Decimals.integer(scheme.branches)),
                        Cell(text: Decimals.integer(scheme.settings)), Cell(text: scheme.serverState, isReason: true),
                    ])
            })
        made?.detail = Words(record.rule)
        return made
    }
}
