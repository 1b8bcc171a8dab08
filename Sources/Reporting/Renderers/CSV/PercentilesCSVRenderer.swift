internal import ExperimentModel
internal import Measurement

/// `percentiles.csv`: the latency distributions, to draw curves from. Times are nanoseconds.
public struct PercentilesCSVRenderer: Renderer {
    public let fileName = "percentiles.csv"
    public let purpose = "the latency curves: a line for each cell, correction and percentile"

    private static let percentiles: [Double] = [
        0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 100,
    ]

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { analysis.auth == nil }

    public func render(_ analysis: Analysis) -> String {
        var table = CSVTable(CSVCell.columns + ["latency", "percentile", "value_ns", "count", "censored", "trials"])
        for cell in analysis.cellsWithFloors {
            let summaries = [("corrected", cell.corrected), ("uncorrected", cell.uncorrected)]
            for (name, summary) in summaries {
                guard let summary, summary.count + summary.censored > 0 else { continue }
                for percentile in Self.percentiles {
                    let value = summary.histogram.quantile(percentile / 100, censored: summary.censored)
                    table.add(
                        CSVCell.fields(cell) + [
                            name, CSVNumber.text(percentile), CSVNumber.text(value.map(Double.init) ?? .infinity),
                            CSVNumber.text(summary.count), CSVNumber.text(summary.censored),
                            CSVNumber.text(cell.okTrials),
                        ])
                }
            }
        }
        return table.text
    }
}
