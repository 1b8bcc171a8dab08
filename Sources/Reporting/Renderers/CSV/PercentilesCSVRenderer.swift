internal import ExperimentModel

/// `percentiles.csv`: the latency distributions, for drawing curves. Times are in nanoseconds.
public struct PercentilesCSVRenderer: Renderer {
    public let fileName = "percentiles.csv"
    public let purpose = "the latency curves: a line for each cell, correction and percentile, with its interval"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.isOfDeliveries }

    private struct Row {
        var cell: CellResult
        var latency: String
        var summary: LatencySummary?
        var percentile: Double
        var estimate: Estimate
    }

    public func render(_ analysis: Analysis) -> String {
        let rows = analysis.cellsWithFloors.flatMap { cell in
            [
                ("corrected", cell.corrected, cell.correctedCurve),
                ("uncorrected", cell.uncorrected, cell.uncorrectedCurve),
            ]
            .flatMap { name, summary, curve in
                zip(QuantileCurve.percentiles, curve.points).map { percentile, point in
                    Row(
                        cell: cell, latency: name, summary: summary, percentile: percentile,
                        estimate: point.estimate)
                }
            }
        }
        return CSVTable<Row>(
            CSVCell.columns.map { $0.of(\.cell) } + [
                .text("latency", \.latency), .number("percentile", \.percentile), .number("value_ns", \.estimate.value),
                .number("low_ns", \.estimate.interval?.lowerBound), .number("high_ns", \.estimate.interval?.upperBound),
                .count("count", \.summary?.count), .count("censored", \.summary?.censored),
                .count("trials", \.cell.okTrials),
            ]
        ).text(rows)
    }
}
