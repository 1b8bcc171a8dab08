public import ExperimentModel

/// Decides whether the figures of a trial are the server's, or show that the load generator was at its limit.
///
/// A trial is invalid if
/// 1. the generator was busy for at least 90 % of the window, and at least as busy as the server on each of its loops,
///    so that the client saturated first. Busy is the highest of three shares: its busiest thread on a processor; one
///    thread on a processor or waiting for one; and the whole process of its allowed processors; or
/// 2. the publisher was late: the 99th percentile of the time from when a publication was due until its request was
///    written is above 5 ms and above half the 99th percentile of the latency. The latency counts from the intended
///    time, so most of it is then the publisher's delay. If that percentile was not reached, the longest recorded
///    latency is used.
public enum SaturationRule {
    public static let busyLimit = 0.9
    public static let latenessLimitNanoseconds: Int64 = 5_000_000

    /// How busy a load generator was, as shares from 0 to 1.
    public struct Client: Hashable, Sendable {
        /// The busiest thread's time on a processor.
        public var busyFraction: Double
        /// The longest time of a thread on a processor or waiting for one.
        public var demandFraction: Double
        /// The whole process's use of its allowed processors.
        public var processFraction: Double

        public init(busyFraction: Double, demandFraction: Double = 0, processFraction: Double = 0) {
            self.busyFraction = busyFraction
            self.demandFraction = demandFraction
            self.processFraction = processFraction
        }
    }

    /// - Parameter serverBusyFraction: the server's CPU time over the window, divided by its loops; nil if the server
    ///   cannot be observed.
    /// - Returns: nil if the figures are the server's, otherwise what happened and what to do.
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

    /// Applies the rule to the result of a load generator.
    public static func reason(for result: LoadResult, serverBusyFraction: Double?) -> String? {
        reason(
            Client(
                busyFraction: result.busyFraction, demandFraction: result.demandFraction ?? 0,
                processFraction: result.processFraction ?? 0),
            serverBusyFraction: serverBusyFraction, latenessP99Nanoseconds: result.publishing.latenessP99Nanoseconds,
            latency: result.latency.corrected)
    }
}
