public import ExperimentModel

/// Decides whether a trial's figures are the server's, or only show that the load generator was at its limit.
///
/// A trial is invalid where
/// 1. the generator's busiest thread was on a processor for 90 % of the window or more, while the server was less
///    busy on each of its loops: the client saturated first; or
/// 2. the publisher ran late: its 99th percentile is above 5 ms and above half the 99th percentile of the latency, so
///    that the latency, which counts from the intended time, is mostly the publisher's delay.
public enum SaturationRule {
    public static let busyLimit = 0.9
    public static let latenessLimitNanoseconds: Int64 = 5_000_000

    /// - Parameter serverBusyFraction: CPU of the server over the window, for each of its loops; nil where the server
    ///   is not ours to look at.
    /// - Returns: nil where the figures are the server's, else what happened and what to do.
    public static func reason(
        busyFraction: Double, serverBusyFraction: Double?, latenessP99Nanoseconds: Int64?,
        latency: LatencySummary
    ) -> String? {
        if busyFraction >= busyLimit, busyFraction >= (serverBusyFraction ?? 0) {
            return "the load generator saturated: its busiest thread was on a processor for "
                + "\(Int((busyFraction * 100).rounded())) % of the window; take a smaller load"
        }
        if let lateness = latenessP99Nanoseconds, lateness > latenessLimitNanoseconds,
            lateness > (latency.p99 ?? .max) / 2
        {
            return
                "the publisher ran \(lateness / 1_000_000) ms late (99th percentile), so the latency is mostly its own; "
                + "take a smaller load, or pin the processes"
        }
        return nil
    }
}
