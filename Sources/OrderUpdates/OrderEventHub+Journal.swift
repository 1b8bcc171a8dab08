import Synchronization

extension OrderEventHub {
    /// How many events are shown in one hold of the lock.
    private static let shownTogether = 256

    /// Takes the changes since the last call, and allows the hub to wake the journal again. The previous batch must
    /// have been acknowledged.
    public func collectChanges(into batch: inout JournalBatch) {
        batch.changes.removeAll(keepingCapacity: true)
        batch.bytes = 0
        state.withLock { $0.collectChanges(into: &batch) }
    }

    /// Acknowledges a batch that the journal has stored: what was held back for it is shown to readers, in order.
    public func acknowledge(_ batch: borrowing JournalBatch) {
        var rest = batch.changes[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.shownTogether)
            rest = rest.dropFirst(Self.shownTogether)
            change { state, effects in
                if state.journal?.visibility == .whenKept { state.show(part, &effects) }
            }
        }
        state.withLock { $0.journal?.backlog -= batch.bytes }
    }

    /// Reports that the journal can store nothing more: every further update is refused, and what is held back is
    /// never shown.
    public func failJournal() {
        state.withLock { $0.journal?.hasFailed = true }
    }

    public var journalHasFailed: Bool { state.withLock { $0.journal?.hasFailed ?? false } }

    /// Whether something that was published so far is held back until the journal has stored it.
    ///
    /// - Returns: the sequence that `Collected.sequence` reaches once all of it is shown; the loop is woken then.
    /// Nil where nothing is held back.
    public func awaitShown(_ loop: LoopID) -> UInt64? {
        state.withLock { $0.awaitShown(loop) }
    }
}
