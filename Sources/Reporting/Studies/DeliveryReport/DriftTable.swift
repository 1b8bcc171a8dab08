internal import ExperimentModel

/// What changes over long windows, one row for each cell.
struct DriftTable {
    static let caption = "From the first sample of the window to the last"
    static let columns = [
        "Server memory", "Change", "p99 latency", "Change", "Descriptors", "Window", "Samples", "Trials",
    ]
    static let notes = [
        "resident", "per hour", "between two samples", "per hour", "of the server", "longest", "", "",
    ]
    let rows: [(heading: String, cells: [(text: String, note: String)])]
    /// How to read the table; empty if it has no rows.
    let note: String

    init(_ analysis: Analysis) {
        rows = analysis.driftingCells.map { label, cell, drift in
            (
                "\(cell.subject.label), \(label)",
                [
                    (Self.ends(drift.ends { $0.serverRssBytes.map(Double.init) }, .bytes), ""),
                    Self.change(drift.memory, .bytes),
                    (Self.ends(drift.ends { $0.latencyP99.map(Double.init) }, .nanoseconds), ""),
                    Self.change(drift.latencyP99, .nanoseconds),
                    (Self.ends(drift.ends { $0.serverDescriptors.map(Double.init) }, .count), ""),
                    (WindowTime(longest: drift.seconds).text(drift.seconds), ""),
                    (Decimals.integer(drift.trials.reduce(0) { $0 + $1.samples.count }), ""),
                    (Decimals.integer(drift.trials.count), ""),
                ]
            )
        }
        note =
            rows.isEmpty
            ? ""
            : "The change is the slope of a straight line through the samples of a trial (least squares), the median "
                + "over trials where there are several. Memory that grows at first and then stays is no leak, so look at "
                + "the chart too. What a window of some minutes shows says little about an hour."
    }

    private static func ends(_ ends: (first: Double, last: Double)?, _ unit: Unit) -> String {
        ends.map { "\(unit.text($0.first)) → \(unit.text($0.last))" } ?? "–"
    }

    /// Growth with its sign.
    private static func change(_ slope: Estimate?, _ unit: Unit) -> (String, String) {
        guard let slope else { return ("–", "") }
        return ((slope.value > 0 ? "+" : "") + unit.text(slope.value), slope.intervalText(unit, joint: " to "))
    }
}
