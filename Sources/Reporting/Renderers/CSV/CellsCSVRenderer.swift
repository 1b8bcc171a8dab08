internal import ExperimentModel

/// `cells.csv`: a line for each cell, with its outcome, every figure and the ledger. Times are nanoseconds.
public struct CellsCSVRenderer: Renderer {
    public let fileName = "cells.csv"
    public let purpose = "one line a cell: outcome, figures with intervals, ledger"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.isOfDeliveries }

    public func render(_ analysis: Analysis) -> String {
        CSVTable(CSVCell.columns + Self.outcome + Self.figures + Self.ledger + Self.client)
            .text(analysis.cellsWithFloors)
    }

    private typealias Column = CSVTable<CellResult>.Column

    private static var outcome: [Column] {
        let statuses: [Observation.Status] = [.ok, .invalid, .failed, .skipped]
        return [.text("outcome", \.outcome.rawValue)]
            + statuses.map { status in .count("trials_\(status.rawValue)") { $0.trials[status] ?? 0 } }
            + [.text("reasons") { $0.reasons.joined(separator: "; ") }]
    }

    private static var figures: [Column] {
        Metric.allCases.flatMap { metric -> [Column] in
            let words = metric.rawValue.replacing("-", with: "_").replacing(".", with: "_")
            let name = words + (metric.unit == .nanoseconds ? "_ns" : "")
            return [
                .number(name) { $0.figure(metric)?.value },
                .number(name + "_low") { $0.figure(metric)?.interval?.lowerBound },
                .number(name + "_high") { $0.figure(metric)?.interval?.upperBound },
            ]
        }
    }

    private static var ledger: [Column] {
        [
            .count("expected", \.ledger?.expected), .count("delivered", \.ledger?.delivered),
            .count("lost", \.ledger?.lost), .count("duplicated", \.ledger?.duplicated),
            .count("reordered", \.ledger?.reordered), .count("coalesced", \.ledger?.coalesced),
            .count("positions_lost", \.ledger?.positionsLost), .count("undelivered", \.ledger?.undelivered),
        ]
    }

    private static var client: [Column] {
        [
            .number("load_busy_fraction", \.loadBusyFraction), .number("load_demand_fraction", \.loadDemandFraction),
            .number("load_process_fraction", \.loadProcessFraction), .count("client_floor_ns", \.clientFloor),
            .count("heartbeats", \.heartbeats), .count("slow_readers", \.slowReaders?.count),
            .count("slow_readers_cut", \.slowReaders?.cut),
            .count("slow_readers_positions_lost", \.slowReaders?.positionsLost),
            .number("memory_change_bytes_per_hour", \.drift?.memory?.value),
            .number("latency_p99_change_ns_per_hour", \.drift?.latencyP99?.value),
        ]
    }
}
