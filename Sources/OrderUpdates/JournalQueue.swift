/// What a hub has for its journal until the journal collects it.
///
/// The journal pulls, as a loop does: it is woken at most once until it collects, and the hub waits for nothing.
struct JournalQueue: Sendable {
    let visibility: JournalVisibility
    let wake: @Sendable () -> Void
    var changes: [OrderChange] = []
    var isSignalled = false
    /// Bytes of what was logged and is not kept yet, with what each change takes beside its update.
    var backlog = 0
    var hasFailed = false

    static let bytesPerChange = 64
}

/// When readers see an update of a hub that has a journal.
public enum JournalVisibility: Sendable {
    /// At once; the journal writes behind. After a crash readers may have seen what the journal has not.
    case atOnce
    /// When the journal has kept it, so that nobody ever sees what a crash takes back.
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
        // What is left then is not worth a group of its own.
        guard journal!.isSignalled else { return }
        swap(&batch.changes, &journal!.changes)
        batch.counters = HubCounters(
            sequence: logged, timelines: timelinesMade, evictedThrough: evictedThrough)
        // One batch is under way at a time: the backlog is all in this one.
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
