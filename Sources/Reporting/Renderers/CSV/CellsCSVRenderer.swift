internal import ExperimentModel

/// `cells.csv`: a line for each cell, with its outcome, every figure and the ledger. Times are nanoseconds.
public struct CellsCSVRenderer: Renderer {
    public let fileName = "cells.csv"
    public let purpose = "one line a cell: outcome, figures with intervals, ledger"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.isOfDeliveries }

    public func render(_ analysis: Analysis) -> String {
        let metrics = Metric.allCases
        let figureColumns = metrics.flatMap { metric in
            let words = metric.rawValue.replacing("-", with: "_").replacing(".", with: "_")
            let name = words + (metric.unit == .nanoseconds ? "_ns" : "")
            return [name, name + "_low", name + "_high"]
        }
        var table = CSVTable(
            CSVCell.columns + ["outcome", "trials_ok", "trials_invalid", "trials_failed", "trials_skipped", "reasons"]
                + figureColumns
                + [
                    "expected", "delivered", "lost", "duplicated", "reordered", "coalesced", "positions_lost",
                    "undelivered", "load_busy_fraction", "load_demand_fraction", "load_process_fraction",
                    "client_floor_ns", "heartbeats", "slow_readers", "slow_readers_cut", "slow_readers_positions_lost",
                    "memory_change_bytes_per_hour", "latency_p99_change_ns_per_hour",
                ])
        for cell in analysis.cellsWithFloors {
            var fields = CSVCell.fields(cell)
            fields += [cell.outcome.rawValue]
            fields += [Observation.Status.ok, .invalid, .failed, .skipped].map { CSVNumber.text(cell.trials[$0] ?? 0) }
            fields += [cell.reasons.joined(separator: "; ").forCSV]
            fields += metrics.flatMap { metric -> [String] in
                let estimate = cell.figure(metric)
                return [estimate?.value, estimate?.interval?.lowerBound, estimate?.interval?.upperBound]
                    .map { CSVNumber.text($0) }
            }
            let ledger = cell.ledger
            fields += [
                ledger?.expected, ledger?.delivered, ledger?.lost, ledger?.duplicated, ledger?.reordered,
                ledger?.coalesced, ledger?.positionsLost, ledger?.undelivered,
            ].map { CSVNumber.text($0) }
            fields += [cell.loadBusyFraction, cell.loadDemandFraction, cell.loadProcessFraction].map {
                CSVNumber.text($0)
            }
            let slow = cell.slowReaders
            fields += [
                cell.clientFloor, cell.heartbeats, slow.map { Int64($0.count) }, slow.map { Int64($0.cut) },
                slow?.positionsLost,
            ].map { CSVNumber.text($0) }
            fields += [cell.drift?.memory?.value, cell.drift?.latencyP99?.value].map { CSVNumber.text($0) }
            table.add(fields)
        }
        return table.text
    }
}
