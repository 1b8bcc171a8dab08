internal import ExperimentModel

/// Tables with a row for each cell, the same in every form of the report. Each figure has its line here. A column
/// without values is left out, so that a figure of few experiments does not widen the other reports.
struct CellColumns {
    struct Column {
        var title: String
        /// Whether a value other than 0 is a fault.
        var isFault = false
        /// Nil if the cell does not have the figure.
        var text: (CellResult) -> String?
    }

    let caption: String
    let columns: [Column]
    /// The rows and their headings.
    let cells: [(heading: String, cell: CellResult)]

    private init(_ caption: String, _ analysis: Analysis, _ columns: [Column]) {
        let cells = analysis.groups.flatMap { group in
            group.cells.filter { $0.outcome == .measured }.map { ("\($0.subject.label), \(group.label)", $0) }
        }
        self.caption = caption
        self.cells = cells.filter { cell in columns.contains { $0.text(cell.1) != nil } }
        self.columns = columns.filter { column in cells.contains { column.text($0.1) != nil } }
    }

    /// The tables beside the comparisons, without empty ones.
    static func all(_ analysis: Analysis) -> [Self] {
        [ledger(analysis), slowReaders(analysis), client(analysis), scheduling(analysis)].filter { !$0.isEmpty }
    }

    var isEmpty: Bool { cells.isEmpty || columns.isEmpty }

    /// Every delivery that was due, compared with those that were made.
    private static func ledger(_ analysis: Analysis) -> Self {
        func count(_ title: String, isFault: Bool = false, _ value: @escaping (LedgerSummary) -> Int64) -> Column {
            Column(title: title, isFault: isFault) { cell in cell.ledger.map { Decimals.integer(value($0)) } }
        }
        return Self(
            "Deliveries over all measured trials of a cell", analysis,
            [
                count("Expected") { $0.expected },
                count("Delivered") { $0.delivered },
                count("Lost", isFault: true) { $0.lost },
                count("Duplicated", isFault: true) { $0.duplicated },
                count("Reordered", isFault: true) { $0.reordered },
                count("Coalesced") { $0.coalesced },
                count("Position lost") { $0.positionsLost },
                count("Censored") { $0.undelivered },
            ])
    }

    /// What happened to the subscribers that stopped reading.
    private static func slowReaders(_ analysis: Analysis) -> Self {
        func count(_ title: String, _ value: @escaping (SlowReaderSummary) -> Int64) -> Column {
            Column(title: title) { cell in cell.slowReaders.map { Decimals.integer(value($0)) } }
        }
        return Self(
            "Slow readers over all measured trials of a cell: they stopped reading, and count nowhere else", analysis,
            [
                count("Stopped reading") { Int64($0.count) },
                count("Times told that the position was lost") { $0.positionsLost },
                count("Cut by the server") { Int64($0.cut) },
            ])
    }

    /// How much of the figures may come from the load generator instead of the server.
    private static func client(_ analysis: Analysis) -> Self {
        func time(_ title: String, _ value: @escaping (CellResult) -> Int64?) -> Column {
            Column(title: title) { cell in value(cell).map { Unit.nanoseconds.text(Double($0)) } }
        }
        func share(_ title: String, _ value: @escaping (CellResult) -> Double?) -> Column {
            Column(title: title) { cell in value(cell).map { Decimals.percent($0) } }
        }
        return Self(
            "The measuring client: shares of the window (its busiest thread on a processor; one on it or waiting for it; the "
                + "process, of all processors), its CPU as the median over trials, the rest at its worst", analysis,
            [
                share("Busiest thread", \.loadBusyFraction),
                share("With its waits", \.loadDemandFraction),
                share("Whole process", \.loadProcessFraction),
                Column(title: "CPU per update") { $0.figure(.clientCPUPerUpdate)?.text(.nanoseconds) },
                time("Floor: its part of a latency") { $0.clientFloor },
                time("Publisher late, p99") { $0.publisherLateness },
            ])
    }

    /// How often threads left their processors, and how many heartbeats subscribers received.
    private static func scheduling(_ analysis: Analysis) -> Self {
        func switches(_ title: String, _ metric: Metric) -> Column {
            Column(title: title) { $0.figure(metric)?.text(metric.unit) }
        }
        return Self(
            "Context switches and system calls per update, as the median over trials, and heartbeats within all windows",
            analysis,
            [
                switches("Server, voluntary", .voluntarySwitchesPerUpdate),
                switches("Server, involuntary", .involuntarySwitchesPerUpdate),
                switches("Client, voluntary", .clientVoluntarySwitchesPerUpdate),
                switches("Client, involuntary", .clientInvoluntarySwitchesPerUpdate),
                switches("Server, system calls", .systemCallsPerUpdate),
                Column(title: "Heartbeats received") { $0.heartbeats.map { Decimals.integer($0) } },
            ])
    }
}

/// The columns of the main tables.
struct ComparisonColumns {
    /// A metric and its two lines in the head of a table.
    typealias Column = (metric: Metric, title: String, note: String)

    let all: [Column]

    init(_ analysis: Analysis) {
        // A stream sends one request. If another subject sends them for each update, the cost of requests matters.
        let asks = analysis.subjects.contains(where: \.asks)
        let cells = analysis.cellsWithFloors
        let left = Metric.allCases.filter { metric in
            switch metric {
            case .requestsPerUpdate, .upstreamCallsPerUpdate: asks
            // A metric that no trial recorded gets no column.
            case .firstEventP50: cells.contains { $0.figure(metric) != nil }
            default: true
            }
        }
        all = left.compactMap { metric in metric.column.map { (metric, $0.title, $0.note) } }
    }
}

/// What connections cost the machine, one row for each subject and set of factors.
struct FootprintTable {
    let columns = [
        "User memory", "Kernel memory", "Load's memory", "Descriptors", "Not returned", "Populations", "Trials",
    ]
    let notes = [
        "per connection", "per connection", "per connection", "before, held, after", "largest population", "", "",
    ]
    let rows: [(heading: String, cells: [(text: String, note: String)])]
    /// How to read the table; empty if it has no rows.
    let note: String

    init(_ analysis: Analysis) {
        func figure(_ estimate: Estimate?) -> (String, String) {
            guard let estimate else { return ("–", "") }
            return (Unit.bytes.text(estimate.value), estimate.intervalText(.bytes, joint: " to "))
        }
        rows = analysis.footprints.map { footprint in
            let counts = footprint.descriptors
            let descriptors = [counts.before, counts.held, counts.after].map { $0.map { Decimals.integer($0) } ?? "–" }
            return (
                "\(footprint.subject.label), \(footprint.factors)",
                [
                    figure(footprint.user), figure(footprint.kernel), figure(footprint.load),
                    (descriptors.joined(separator: ", "), ""), figure(footprint.notReturned),
                    (footprint.populations.map { Decimals.integer($0) }.joined(separator: ", "), ""),
                    (Decimals.integer(footprint.trials), ""),
                ]
            )
        }
        guard !rows.isEmpty else {
            note = ""
            return
        }
        let slopes = analysis.footprints.allSatisfy(\.isSlope)
        note =
            (slopes
                ? "Bytes per connection are the slope over the sizes of the population."
                : "Where only one size of population was held, bytes per connection are a quotient, and hold a part of "
                    + "what a process takes without any connection.")
            + " Kernel memory is that of sockets, on loopback of both ends. What was not returned is what the server "
            + "kept, when the last connection was closed, beyond what it had before the first: allocators keep pages "
            + "for the next, so some is no leak."
    }

    /// A cell in Markdown: the note stands in brackets.
    static func line(_ cell: (text: String, note: String)) -> String {
        cell.note.isEmpty ? cell.text : "\(cell.text) (\(cell.note))"
    }
}
