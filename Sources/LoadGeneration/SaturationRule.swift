public import ExperimentModel

/// Decides whether a trial's figures are the server's, or only show that the load generator was at its limit.
///
/// A trial is invalid where
/// 1. the generator was busy for 90 % of the window or more while the server was less busy on each of its loops, so that
///    the client saturated first. Busy is the greatest of three: the time that its busiest thread was on a processor; the
///    time that a thread was on one or waited for one; and what the whole process used of the processors it may run on; or
/// 2. the publisher ran late: the 99th percentile of the time from when a publication was due to when its request was
///    written is above 5 ms and above half the 99th percentile of the latency, so that the latency, which counts from the
///    intended time, is mostly the publisher's delay. Where that percentile was not reached, the longest latency that was
///    recorded stands for it.
public enum SaturationRule {
    public static let busyLimit = 0.9
    public static let latenessLimitNanoseconds: Int64 = 5_000_000

    /// How busy a load generator was, each from 0 to 1.
    public struct Client: Hashable, Sendable {
        /// The busiest thread.
        public var busyFraction: Double
        /// The thread that was on a processor, or waited for one, the longest.
        public var demandFraction: Double
        /// The whole process, of all processors that it may run on.
        public var processFraction: Double

        public init(busyFraction: Double, demandFraction: Double = 0, processFraction: Double = 0) {
            self.busyFraction = busyFraction
            self.demandFraction = demandFraction
            self.processFraction = processFraction
        }
    }

    /// - Parameter serverBusyFraction: CPU of the server over the window, for each of its loops; nil where the server
    ///   is not ours to look at.
    /// - Returns: nil where the figures are the server's, else what happened and what to do.
    public static func reason(
        _ client: Client, serverBusyFraction: Double?, latenessP99Nanoseconds: Int64?, latency: LatencySummary
    ) -> String? {
        let kinds = [
            (client.busyFraction, "its busiest thread was on a processor"),
            (client.processFraction, "it kept all processors that it may run on busy"),
            (client.demandFraction, "one of its threads was on a processor, or waited for one,"),
        ]
        if let (fraction, what) = kinds.first(where: { $0.0 >= busyLimit && $0.0 >= serverBusyFraction ?? 0 }) {
            return
                "the load generator saturated: \(what) for \(Int((fraction * 100).rounded())) % of the window; take a "
                + "smaller load, or a machine with more processors"
        }
        if let lateness = latenessP99Nanoseconds, lateness > latenessLimitNanoseconds,
            lateness > (latency.p99 ?? latency.max ?? 0) / 2
        {
            return
                "the publisher ran \(lateness / 1_000_000) ms late (99th percentile), by itself or behind publications that "
                + "waited for their answers, so the latency is mostly its own; take a smaller load, more orders (those of one wait "
                + "for each other), or pin the processes"
        }
        return nil
    }

    /// The same, of what a load generator measured.
    public static func reason(for result: LoadResult, serverBusyFraction: Double?) -> String? {
        reason(
            Client(
                busyFraction: result.busyFraction, demandFraction: result.demandFraction ?? 0,
                processFraction: result.processFraction ?? 0),
            serverBusyFraction: serverBusyFraction, latenessP99Nanoseconds: result.publishing.latenessP99Nanoseconds,
            latency: result.latency.corrected)
    }
}
