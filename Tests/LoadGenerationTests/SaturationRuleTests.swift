import ExperimentModel
import LoadGeneration
import Measurement
import Testing

@Suite struct SaturationRuleTests {
    private func latency(p99: Int64) -> LatencySummary {
        LatencySummary(histogram: SparseHistogram([.init(value: p99, count: 100)]))
    }

    @Test(
        "A busy client or a late publisher saturates a trial, unless the server is busier still",
        arguments: [
            (0.50, 0.30, 100_000, false),
            (0.89, 0.10, 100_000, false),
            (0.95, 0.30, 100_000, true),  // the client first
            (0.95, 0.99, 100_000, false),  // the server first: a figure of the server
            (0.10, 0.10, 4_000_000, false),  // late, but not by much
            (0.10, 0.10, 6_000_000, true),  // late by more than half of the latency
            (0.95, nil, 100_000, true),  // a server that is not ours to look at
        ] as [(Double, Double?, Int64, Bool)])
    func decides(busy: Double, server: Double?, lateness: Int64, isSaturated: Bool) {
        let reason = SaturationRule.reason(
            .init(busyFraction: busy), serverBusyFraction: server, latenessP99Nanoseconds: lateness,
            latency: latency(p99: 10_000_000))
        #expect((reason != nil) == isSaturated)
    }

    @Test("Lateness beside a much longer latency does not count") func latenessBesideALongLatencyIsNoMatter() {
        let reason = SaturationRule.reason(
            .init(busyFraction: 0.1), serverBusyFraction: 0.1, latenessP99Nanoseconds: 6_000_000,
            latency: latency(p99: 2_500_000_000))
        #expect(reason == nil)
    }

    @Test("A whole process at its limit, or a thread that waits for a processor, saturates a trial")
    func oneThreadIsNotAll() {
        func reason(_ client: SaturationRule.Client, server: Double) -> String? {
            SaturationRule.reason(
                client, serverBusyFraction: server, latenessP99Nanoseconds: nil, latency: latency(p99: 1_000))
        }
        #expect(reason(.init(busyFraction: 0.6, demandFraction: 0.6, processFraction: 0.95), server: 0.5) != nil)
        #expect(reason(.init(busyFraction: 0.6, demandFraction: 0.92, processFraction: 0.3), server: 0.5) != nil)
        #expect(reason(.init(busyFraction: 0.6, demandFraction: 0.92, processFraction: 0.3), server: 0.99) == nil)
        #expect(reason(.init(busyFraction: 0.6, demandFraction: 0.8, processFraction: 0.8), server: 0.5) == nil)
    }

    /// Such a percentile lies beyond all that was recorded, and excuses no lateness beyond that.
    @Test("Lateness counts where the latency's percentile was not reached")
    func latenessCountsWhereTheLatencyIsCensored() {
        func reason(longest: Int64?) -> String? {
            let entries = longest.map { [SparseHistogram.Entry(value: $0, count: 10)] } ?? []
            let latency = LatencySummary(histogram: SparseHistogram(entries), censored: 100)
            #expect(latency.p99 == nil)
            return SaturationRule.reason(
                .init(busyFraction: 0.1), serverBusyFraction: 0.1, latenessP99Nanoseconds: 900_000_000, latency: latency
            )
        }
        #expect(reason(longest: 1_000_000_000) != nil)
        #expect(reason(longest: nil) != nil)
        #expect(reason(longest: 5_000_000_000) == nil)
    }
}
