/// How the figures were made, in sentences that every form of the report carries.
struct Method {
    let analysis: Analysis

    var sentences: [String] {
        [
            "Open loop: updates are published on a schedule, and latency counts from the intended time, so a server "
                + "that falls behind cannot hide it. The uncorrected figure counts from the actual publication.",
            "An update that had not arrived when its trial ended is censored: it counts as later than every other, and "
                + "a quantile that falls among such updates reads \u{201C}not reached\u{201D}.",
            "Server, load generator and runner are separate processes; all times are read from one monotonic clock.",
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
            "Upstream calls are modelled: each request for the latest state counts as one read of the system of record, "
                + "which here answers at once.",
        ]
    }
}
