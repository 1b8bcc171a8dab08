internal import ExperimentModel

/// Every figure of a comparison of transports, for the columns of `cells.csv` and the lines of `figures.csv`.
enum DeliveryFigures {
    /// One figure of a cell.
    struct CellFigure: Sendable {
        var part: String
        /// The column's name. Times are in nanoseconds if it says so.
        var name: String
        var hasInterval = false
        var estimate: @Sendable (CellResult) -> Estimate?
    }

    static let ofCells: [CellFigure] = trials + metrics + ledger + client

    static func all(_ analysis: Analysis) -> [FigureGroup] {
        analysis.cellsWithFloors.map { cell in
            FigureGroup(
                cell.cell, study: Experiment.Study.delivery.rawValue, trials: cell.okTrials,
                ofCells.compactMap { figure in
                    figure.estimate(cell).map {
                        FigureLine(
                            part: figure.part, figure: figure.name, value: $0.value, low: $0.interval?.lowerBound,
                            high: $0.interval?.upperBound, values: $0.values)
                    }
                })
        } + comparisons(analysis)
    }

    static func gaps(_ analysis: Analysis) -> [FigureGroup] {
        analysis.exclusions.map {
            FigureGroup(
                $0.cell, study: Experiment.Study.delivery.rawValue, trials: nil, [.gap($0.status, $0.reason)])
        }
    }

    /// One group for each comparison. Its item names the two subjects and the condition, its text is the verdict, and
    /// its trials are the blocks in which both were measured.
    private static func comparisons(_ analysis: Analysis) -> [FigureGroup] {
        analysis.contrasts.map { contrast in
            FigureGroup(
                contrast,
                [
                    FigureLine(
                        part: "comparison",
                        item: "\(contrast.subject.label) / \(contrast.reference.label), "
                            + contrast.condition.label(among: analysis.conditions),
                        figure: "\(columnName(contrast.metric))_ratio", value: contrast.ratio,
                        low: contrast.interval?.lowerBound, high: contrast.interval?.upperBound,
                        text: contrast.verdict.text)
                ])
        }
    }

    private static func number(
        _ part: String, _ name: String, _ value: @escaping @Sendable (CellResult) -> Double?
    ) -> CellFigure {
        CellFigure(part: part, name: name) { cell in
            value(cell).map { Estimate(value: $0, interval: nil, trials: cell.okTrials) }
        }
    }

    private static func count(
        _ part: String, _ name: String,
        _ value: @escaping @Sendable (CellResult) -> (some BinaryInteger & SendableMetatype)?
    ) -> CellFigure {
        number(part, name) { cell in value(cell).map { Double($0) } }
    }

    private static let trials: [CellFigure] = ([.ok, .invalid, .failed, .skipped] as [Observation.Status]).map {
        status in
        count("trials", "trials_\(status.rawValue)") { $0.trials[status] ?? 0 }
    }

    private static let metrics = Metric.allCases.map { metric in
        CellFigure(
            part: "figures", name: columnName(metric) + (metric.unit == .nanoseconds ? "_ns" : ""), hasInterval: true
        ) { $0.figure(metric) }
    }

    private static func columnName(_ metric: Metric) -> String {
        metric.rawValue.replacing("-", with: "_").replacing(".", with: "_")
    }

    private static let ledger = [
        count("ledger", "expected") { $0.ledger?.expected }, count("ledger", "delivered") { $0.ledger?.delivered },
        count("ledger", "lost") { $0.ledger?.lost }, count("ledger", "duplicated") { $0.ledger?.duplicated },
        count("ledger", "reordered") { $0.ledger?.reordered },
        count("ledger", "coalesced") { $0.ledger?.coalesced },
        count("ledger", "positions_lost") { $0.ledger?.positionsLost },
        count("ledger", "undelivered") { $0.ledger?.undelivered },
    ]

    private static let client = [
        number("client", "load_busy_fraction", \.loadBusyFraction),
        number("client", "load_demand_fraction", \.loadDemandFraction),
        number("client", "load_process_fraction", \.loadProcessFraction),
        count("client", "client_floor_ns", \.clientFloor), count("client", "heartbeats", \.heartbeats),
        count("client", "slow_readers") { $0.slowReaders?.count },
        count("client", "slow_readers_cut") { $0.slowReaders?.cut },
        count("client", "slow_readers_positions_lost") { $0.slowReaders?.positionsLost },
        number("drift", "memory_change_bytes_per_hour") { $0.drift?.memory?.value },
        number("drift", "latency_p99_change_ns_per_hour") { $0.drift?.latencyP99?.value },
    ]
}
