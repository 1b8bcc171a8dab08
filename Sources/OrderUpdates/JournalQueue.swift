/// The changes that a hub keeps for its journal until the journal collects them.
///
/// The journal pulls, as a loop does: it is woken at most once until it collects, and the hub never waits for it.
struct JournalQueue: Sendable {
    let visibility: JournalVisibility
    let wake: @Sendable () -> Void
    var changes: [OrderChange] = []
    var isSignalled = false
    /// Bytes of the updates that were logged and not stored yet, with an allowance for each change.
    var backlog = 0
    var hasFailed = false

    static let bytesPerChange = 64
}

/// When readers see an update of a hub that has a journal.
public enum JournalVisibility: Sendable {
    /// At once. The journal writes later, so after a crash readers may have seen what it has not stored.
    case atOnce
    /// Once the journal has stored it, so that nobody ever sees an update that a crash takes back.
    case whenKept
}

extension HubState {
    /// Puts a change into the journal's queue.
    mutating func queue(_ change: OrderChange, bytes: Int = 0, _ effects: inout DeferredEffects) {
        journal!.changes.append(change)
        journal!.backlog += bytes + JournalQueue.bytesPerChange
        guard !journal!.isSignalled else { return }
        journal!.isSignalled = true
        effects.wakes.append(journal!.wake)
    }

    /// Whether the journal can take another update.
    func checkJournal(_ id: OrderID, _ json: [UInt8]) throws(OrderError) {
        guard journal != nil else { return }
        if journal!.hasFailed { throw .journalFailed(id) }
        guard journal!.backlog + json.count <= configuration.journalBacklog else {
            throw .journalBehind(id, limit: configuration.journalBacklog)
        }
    }

    mutating func collectChanges(into batch: inout JournalBatch) {
        precondition(journal != nil, "the hub was made without a journal")
        // The few changes that remain are not worth a group of their own.
        guard journal!.isSignalled else { return }
        swap(&batch.changes, &journal!.changes)
        batch.counters = HubCounters(
            sequence: logged, timelines: timelinesMade, evictedThrough: evictedThrough)
        // One batch is under way at a time, so this one contains the whole backlog.
        batch.bytes = journal!.backlog
        journal!.isSignalled = false
    }

    /// Shows readers the events of a batch that were held back for it.
    mutating func show(_ changes: ArraySlice<OrderChange>, _ effects: inout DeferredEffects) {
        let shown = sequence
        for case .logged(let logged) in changes {
            var displaced: [UInt8] = []
            deliver(logged.event, logged.status, logged.slot, &displaced, &effects)
            updateQuiet(logged.slot)
            if !displaced.isEmpty { effects.displaced.append(displaced) }
        }
        signalWaiting(since: shown, &effects)
    }
}
