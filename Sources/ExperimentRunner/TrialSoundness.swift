package import ExperimentModel
package import LoadGeneration

/// Decides whether a measurement is valid.
package enum TrialSoundness {
    /// Two processes agree on the wall clock to some microseconds. A larger share of early deliveries than this is no
    /// accident.
    private static let earlyShare = 0.01

    /// Why the measurement is invalid, in one sentence; nil where it is valid.
    ///
    /// - Parameter publishedDigest: the digest of the first updates as they were published. Every transport must
    ///   deliver these. Where the load generator publishes, it has compared them before the measurement; what a
    ///   server published by itself can only be compared now.
    package static func rejection(to result: LoadResult, _ trial: Trial, publishedDigest: String?) -> String? {
        if result.disconnections > 0 {
            return "\(result.disconnections) of \(result.connections) connections ended during the trial; the first: "
                + (result.firstDisconnection ?? "no cause was given")
        }
        if let refusals = result.publishing.refusals { return refusals }
        if result.unknownUpdates > 0 {
            return
                "\(result.unknownUpdates) updates arrived that nobody published here, or without a time of publication"
        }
        if let digest = result.fairnessDigest, let expected = publishedDigest, digest != expected {
            return "it delivered other updates (\(digest)) than were published (\(expected)), so it is not comparable"
        }
        if trial.cell.load.updatesPerSecond > 0, result.publishing.updates == 0 {
            return "nothing was published within the window: it is shorter than the time between two publications"
        }
        let ledger = result.ledger
        if ledger.expected > 0, ledger.delivered + ledger.coalesced == 0 {
            return "none of \(ledger.expected) deliveries arrived, so nothing was measured"
        }
        if Double(result.negativeLatencies) > earlyShare * Double(max(result.latency.corrected.count, 1)) {
            return "\(result.negativeLatencies) updates arrived before they were due: the wall clock was set meanwhile"
        }
        return nil
    }
}
