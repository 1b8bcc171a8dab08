/// How the figures were measured and computed, in sentences that every form of the report contains.
struct Method {
    let analysis: Analysis

    var sentences: [String] {
        [
            "Open loop: updates are published on a schedule, and latency counts from the intended time, so a server "
                + "that falls behind cannot hide it. The uncorrected figure counts from the actual publication.",
            "An update that had not arrived when its trial ended is censored: it counts as later than every other, and "
                + "a quantile that falls among such updates reads \u{201C}not reached\u{201D}.",
            "Server, load generator and runner are separate processes. Where the load generator publishes, the times of "
                + "publication and of arrival are read from one monotonic clock, in one process.",
        ] + floors + [
            "Cells that are compared run in randomised, interleaved blocks (seed "
                + analysis.seeds.map { "\($0)" }.joined(separator: ", ")
                + "). A comparison pairs what ran in the same block.",
            "Quantiles come from the merged histograms of a cell's trials, at three significant digits. Intervals are "
                + "95 % percentile bootstraps that resample whole trials, because the deliveries within a trial are not "
                + "independent. With fewer than five trials they show little more than the spread of the trials.",
            "A comparison ends in lower, higher, equivalent (the interval of the ratio lies within "
                + "\(Decimals.percent(analysis.margin)) of 1) or not enough data. There is no other ending.",
            "A trial is invalid, and gives no figure of the server, where the client saturated, the transports did not "
                + "deliver identical updates, connections ended, publications were refused, nothing was published "
                + "within the window, or the wall clock was set meanwhile.",
            "Upstream calls are a model, not a count: each request of a transport that polls at an interval is taken to "
                + "cause one read of the system of record, as a server without a log would need; the others cause none.",
        ]
    }

    /// How to read a floor; empty if the run has none.
    private var floors: [String] {
        guard analysis.groups.contains(where: { $0.floors.contains { $0.outcome == .measured } }) else { return [] }
        return [
            "A floor writes its intended times by the wall clock, through an anchor of its own, and the load generator takes "
                + "them back to its monotonic clock through another: a wall clock that is set or slewed meanwhile shows as "
                + "latency.",
            "A floor publishes from within. Tandem is published to over HTTP, with a token that it verifies each time, so "
                + "its distance to the floor is an upper bound. The bench (make bench) compares delivery alone, where both publish "
                + "from within.",
        ]
    }
}
