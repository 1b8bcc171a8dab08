internal import ExperimentModel

/// What clients can tell about a failure, as tables: the information in bits, the confusion of causes, and the signals.
struct AuthLegibility {
    let record: LegibilityRecord

    private typealias Column = PageTable.Column
    private typealias Cell = PageTable.Cell

    private var browsers: [String] { unique(record.rows.map { $0.browser ?? "–" }) }
    private var clients: [String] { unique(record.rows.map(\.client)) }
    private var causes: [String] { unique(record.rows.map(\.cause)) }

    /// Empty if no row was measured.
    var tables: [PageTable] { record.rows.isEmpty ? [] : [information] + confusions + [signals] }

    private var information: PageTable {
        let rows = browsers.flatMap { browser in
            clients.compactMap { client -> PageTable.Row? in
                let groups = groups(client, browser)
                guard !groups.isEmpty else { return nil }
                let alike = groups.filter { $0.count > 1 }.map { Prose.list($0) }
                return PageTable.Row(
                    heading: client,
                    cells: [
                        Cell(text: browser, isText: true),
                        Cell(
                            text: record.bits(of: client, in: browser).map { Decimals.fixed($0, places: 2) } ?? "–",
                            note: Words(record.mostBits.map { "of \(Decimals.fixed($0, places: 2))" } ?? "")),
                        Cell(text: alike.isEmpty ? "none" : alike.joined(separator: "; "), isReason: true),
                    ])
            }
        }
        return PageTable(
            "Legibility: how much of a failure's cause a client can tell",
            columns: [
                Column(title: "Client"), Column(title: "Browser", isText: true),
                Column(title: "Information", note: "bits"),
                Column(title: "Causes that look alike", isText: true),
            ], rows: rows)
    }

    /// Groups of causes with the same signal, in the order of the causes.
    private func groups(_ client: String, _ browser: String) -> [[String]] {
        let here = record.rows.filter { $0.client == client && ($0.browser ?? "–") == browser }
        return unique(here.map(\.signal)).map { signal in here.filter { $0.signal == signal }.map(\.cause) }
    }

    /// One table for each client, in the first browser. The table of information shows where others differ.
    private var confusions: [PageTable] {
        guard let browser = browsers.first, let matrices = record.confusion?[browser] else { return [] }
        return clients.compactMap { client in
            guard let matrix = matrices[client] else { return nil }
            return PageTable(
                "Legibility: what looks like what to \(client) in \(browser)",
                detail:
                    "A row is what happened, a column what it could have been: the share of each by the signal. A row sums to 1.",
                columns: [Column(title: "Cause")] + causes.map { Column(title: $0) },
                rows: causes.map { cause in
                    PageTable.Row(
                        heading: cause,
                        cells: causes.map { other in
                            let share = matrix[cause]?[other] ?? 0
                            return Cell(text: share == 0 ? "·" : share == 1 ? "1" : Decimals.fixed(share, places: 2))
                        })
                })
        }
    }

    private var signals: PageTable {
        PageTable(
            "Legibility: what a client sees",
            columns: [
                Column(title: "Cause"), Column(title: "Client", isText: true), Column(title: "Browser", isText: true),
                Column(title: "What it sees", isText: true),
            ],
            rows: record.rows.map { row in
                PageTable.Row(
                    heading: row.cause,
                    cells: [
                        Cell(text: row.client, isText: true), Cell(text: row.browser ?? "–", isText: true),
                        Cell(text: row.signal, isReason: true),
                    ])
            })
    }
}
