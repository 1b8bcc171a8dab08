internal import ExperimentModel

/// `samples.csv`: the course of long windows, a line for each sample. Times are in nanoseconds, except the position
/// within the window.
public struct SamplesCSVRenderer: Renderer {
    public let fileName = "samples.csv"
    public let purpose = "long windows in their course: a line for each sample; only where a run has any"

    public init() {}

    public func applies(to analysis: Analysis) -> Bool { !analysis.driftingCells.isEmpty }

    private struct Row {
        var cell: CellResult
        var block: Int
        var sample: WindowSample
    }

    public func render(_ analysis: Analysis) -> String {
        let rows = analysis.driftingCells.flatMap { _, cell, drift in
            drift.trials.flatMap { trial in
                trial.samples.map { Row(cell: cell, block: trial.block, sample: $0) }
            }
        }
        return CSVTable<Row>(
            CSVCell.columns.map { $0.of(\.cell) } + [
                .count("block", \.block), .number("seconds", \.sample.seconds),
                .count("latency_p50_ns", \.sample.latencyP50), .count("latency_p99_ns", \.sample.latencyP99),
                .count("updates", \.sample.updates), .count("server_rss_bytes", \.sample.serverRssBytes),
                .count("server_descriptors", \.sample.serverDescriptors),
            ]
        ).text(rows)
    }
}
