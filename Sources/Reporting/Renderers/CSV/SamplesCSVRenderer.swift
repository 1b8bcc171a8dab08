internal import ExperimentModel

/// `samples.csv`: how long windows went, a line for each sample. Times are nanoseconds, but for the place in the window.
public struct SamplesCSVRenderer: Renderer {
    public let fileName = "samples.csv"
    public let purpose = "long windows in their course: a line for each sample; only where a run has any"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { !analysis.driftingCells.isEmpty }

    public func render(_ analysis: Analysis) -> String {
        var table = CSVTable(
            CSVCell.columns + [
                "block", "seconds", "latency_p50_ns", "latency_p99_ns", "updates", "server_rss_bytes",
                "server_descriptors",
            ])
        for (_, cell, drift) in analysis.driftingCells {
            for trial in drift.trials {
                for sample in trial.samples {
                    table.add(
                        CSVCell.fields(cell) + [
                            CSVNumber.text(trial.block), CSVNumber.text(sample.seconds),
                            CSVNumber.text(sample.latencyP50), CSVNumber.text(sample.latencyP99),
                            CSVNumber.text(sample.updates), CSVNumber.text(sample.serverRssBytes),
                            CSVNumber.text(sample.serverDescriptors),
                        ])
                }
            }
        }
        return table.text
    }
}
