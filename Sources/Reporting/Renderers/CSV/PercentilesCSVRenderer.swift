internal import ExperimentModel

/// `percentiles.csv`: the latency distributions, to draw curves from. Times are nanoseconds.
public struct PercentilesCSVRenderer: Renderer {
    public let fileName = "percentiles.csv"
    public let purpose = "the latency curves: a line for each cell, correction and percentile, with its interval"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.isOfDeliveries }

    public func render(_ analysis: Analysis) -> String {
        var table = CSVTable(
            CSVCell.columns + [
                "latency", "percentile", "value_ns", "low_ns", "high_ns", "count", "censored", "trials",
            ])
        for cell in analysis.cellsWithFloors {
            let curves = [
                ("corrected", cell.corrected, cell.correctedCurve),
                ("uncorrected", cell.uncorrected, cell.uncorrectedCurve),
            ]
            for (name, summary, curve) in curves {
                for (percentile, point) in zip(QuantileCurve.percentiles, curve.points) {
                    let estimate = point.estimate
                    table.add(
                        CSVCell.fields(cell) + [
                            name, CSVNumber.text(percentile), CSVNumber.text(estimate.value),
                            CSVNumber.text(estimate.interval?.lowerBound),
                            CSVNumber.text(estimate.interval?.upperBound), CSVNumber.text(summary?.count),
                            CSVNumber.text(summary?.censored), CSVNumber.text(cell.okTrials),
                        ])
                }
            }
        }
        return table.text
    }
}
