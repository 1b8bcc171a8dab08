package import ExperimentModel
package import TransportCore

/// The hard gate of every study of sessions: a strategy keeps its promise, or the run is not sound.
package enum LedgerGate {
    /// The promise that was broken, in one sentence; nil where none was.
    package static func rejection(to ledger: SessionLedgerSummary, _ recovery: RecoveryStrategy) -> String? {
        var broken: [String] = []
        if ledger.silentlyLost > 0 { broken.append("\(ledger.silentlyLost) updates were lost without a word") }
        // A session that shows states may see some of them again. One that resumes is promised each update once, in
        // order.
        if recovery.resumes {
            if ledger.duplicated > 0 { broken.append("\(ledger.duplicated) came twice") }
            if ledger.reordered > 0 { broken.append("\(ledger.reordered) came out of order") }
        }
        let accounted =
            ledger.live + ledger.replayed + ledger.snapshot + ledger.refetched + ledger.declaredLost
            + ledger.silentlyLost + ledger.undelivered
        if accounted != ledger.expected {
            broken.append("\(ledger.expected) were expected and \(accounted) are accounted for")
        }
        return broken.isEmpty
            ? nil : "the ledger of strategy '\(recovery.rawValue)' is broken: " + broken.joined(separator: ", ")
    }
}
