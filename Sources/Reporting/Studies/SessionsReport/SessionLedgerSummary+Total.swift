internal import ExperimentModel

extension SessionLedgerSummary {
    static func total(_ ledgers: [Self]) -> Self {
        ledgers.reduce(into: Self()) { sum, one in
            sum.expected += one.expected
            sum.live += one.live
            sum.replayed += one.replayed
            sum.snapshot += one.snapshot
            sum.refetched += one.refetched
            sum.duplicated += one.duplicated
            sum.reordered += one.reordered
            sum.declaredLost += one.declaredLost
            sum.silentlyLost += one.silentlyLost
            sum.undelivered += one.undelivered
        }
    }

    /// Deliveries that break the invariant.
    var faults: Int64 { silentlyLost + duplicated + reordered }

    /// The ways in which updates arrived, without those that no update took: `85 % live`.
    var ways: [String] {
        [(live, "live"), (replayed, "replayed"), (snapshot, "in a snapshot"), (refetched, "re-fetched")]
            .compactMap { count, way in count > 0 ? "\(share(count)) \(way)" : nil }
    }

    /// A share of all updates that were due. It is rounded neither to all nor to none.
    func share(_ count: Int64) -> String {
        guard expected > 0 else { return "–" }
        let fraction = Double(count) / Double(expected)
        if count > 0, fraction < 0.000_5 { return "under 0.1 %" }
        if count < expected, fraction > 0.99 { return "over 99 %" }
        return Decimals.percent(fraction)
    }
}
