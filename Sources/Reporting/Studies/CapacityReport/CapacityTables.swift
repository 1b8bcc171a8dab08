internal import ExperimentModel

/// The tables of a report on capacity, and the names of its rows.
struct CapacityTables {
    private let capacity: CapacityAnalysis

    init(_ capacity: CapacityAnalysis) { self.capacity = capacity }

    private static let none = "–"

    /// The title of each column, and its text for a row.
    private static let columns: [(title: String, text: @Sendable (CapacityRow) -> String)] = [
        ("Goal", \.goalText), ("Ratio", { $0.ratio.map(text) ?? none }),
        ("Floor", { row in row.floorRatio.map { "its own: \(text($0))" } ?? row.floor.map(row.figureText) ?? none }),
        ("Tandem", { row in row.ours.map(row.figureText) ?? none }),
        ("Floor against itself", { $0.noise.map(text) ?? none }),
    ]

    private static func text(_ ratio: Estimate) -> String { CapacityRow.text(ratio: ratio) }

    var rows: PageTable {
        PageTable(
            "Rows",
            columns: [PageTable.Column(title: "Work")] + Self.columns.map { PageTable.Column(title: $0.title) }
                + [PageTable.Column(title: "Verdict", isText: true)],
            rows: capacity.rows.map { row in
                PageTable.Row(
                    heading: row.title,
                    cells: Self.columns.map { PageTable.Cell(text: $0.text(row)) } + [
                        PageTable.Cell(
                            text: row.verdict.rawValue + capacity.marks(of: row), chip: row.chip, isText: true)
                    ])
            })
    }

    var ranked: RankedTable {
        let ranks = [2, 1, 4, 3, 5]
        return RankedTable(
            heading: "Capacity", names: capacity.rows.map(\.title),
            columns: zip(Self.columns, ranks).map { column, rank in
                RankedTable.Column(title: column.title, rank: rank, cells: capacity.rows.map(column.text))
            },
            words: RankedTable.Column(
                title: "Verdict", rank: 0, isText: true,
                cells: capacity.rows.map { $0.verdict.rawValue + capacity.marks(of: $0) }), told: [], remarks: [])
    }
}

extension CapacityAnalysis {
    /// Each note once. Rows refer to it by number.
    private var notes: [String] { unique(rows.flatMap(\.notes)) }

    var noteLines: [String] { notes.enumerated().map { "[\($0 + 1)] \($1)" } }

    func marks(of row: CapacityRow) -> String {
        row.notes.compactMap { notes.firstIndex(of: $0) }.map { " [\($0 + 1)]" }.joined()
    }
}

extension CapacityRow {
    /// `fan-out-1, SSE`.
    var title: String {
        "\(cell.load.name), \(Factor.name(ofTransport: cell.transport))\(cell.tls ? ", TLS" : "")"
    }

    /// `p99 latency ≤ 1.25 × floor`.
    var goalText: String {
        let bound = goal.atLeast ?? goal.atMost ?? 0
        let wanted =
            switch goal.of {
            case .floor: "\(Decimals.plain(bound)) × floor"
            case .oneLoop: "\(Decimals.plain(bound)) × one loop"
            case nil where goal.figure == .memoryReturned: Decimals.percent(bound)
            case nil: "\(Decimals.plain(bound)) \(goal.figure.unit)"
            }
        return "\(goal.figure.title) \(goal.atLeast == nil ? "≤" : "≥") \(wanted)"
    }

    static func text(ratio: Estimate) -> String {
        func text(_ value: Double) -> String { Decimals.fixed(value, places: 2) }
        return text(ratio.value) + (ratio.interval.map { " (\(text($0.lowerBound)) to \(text($0.upperBound)))" } ?? "")
    }

    func figureText(_ estimate: Estimate) -> String { goal.figure.text(estimate.value) }

    var found: String { judged.map { goal.of == nil ? figureText($0) : Self.text(ratio: $0) } ?? "–" }

    fileprivate var chip: Words {
        switch verdict {
        case .met: "ok"
        case .missed, .failed: "failed"
        case .invalid: "invalid"
        case .skipped: "skipped"
        }
    }

    var outcome: Goal {
        Goal(
            name: title, goal: goalText, found: found,
            outcome: verdict == .met ? .met : verdict == .missed ? .missed : .notMeasured)
    }
}

extension CapacityGoal.Figure {
    var title: String {
        switch self {
        case .updatesPerSecond: "delivered"
        case .cpuPerUpdate: "CPU/update"
        case .latencyP99: "p99 latency"
        case .epollCtlPerUpdate: "epoll_ctl/update"
        case .memoryPerConnection: "memory/connection"
        case .memoryReturned: "memory returned"
        }
    }

    func text(_ value: Double) -> String {
        let places: Int
        switch self {
        case .memoryReturned: return Decimals.percent(value)
        case .updatesPerSecond: places = 0
        case .cpuPerUpdate: places = 1
        case .latencyP99, .memoryPerConnection: places = 2
        case .epollCtlPerUpdate: places = 4
        }
        return Decimals.fixed(value, places: places) + " " + unit
    }
}
