import OrderUpdates
import Synchronization
import Threads

/// The one thread that writes: it collects what the hub has for it, commits that as one group, and settles it with the hub.
///
/// While a group is being synchronised, the next one grows: the slower the disk, the larger the groups. Nobody waits for it
/// but who asked for `commit`.
final class JournalWriter: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Void, StoreError>, Never>

    private struct State {
        var waiters: [Waiter] = []
        var isStopping = false
        var hasEnded = false
        var failure: StoreError?
    }

    private let hub: OrderEventHub
    private let database: TimelineDatabase
    private let folder: StoreFolder
    private let signal: JournalSignal
    private let failed: @Sendable (StoreError) -> Void
    private let state = Mutex(State())
    /// Written by `start`, before the writer is shared; taken by the one `close` that joins.
    private let thread = Mutex<SystemThread?>(nil)
    /// As the next commit is to leave it. The thread's own once it runs.
    private nonisolated(unsafe) var row: HubRow

    init(
        _ hub: OrderEventHub, _ row: HubRow, _ database: TimelineDatabase, _ folder: StoreFolder,
        _ signal: JournalSignal, failed: @escaping @Sendable (StoreError) -> Void
    ) {
        self.hub = hub
        self.row = row
        self.database = database
        self.folder = folder
        self.signal = signal
        self.failed = failed
    }

    /// - Throws: where there is no thread for it; the folder is as it would be after a kill, and another process may have it.
    func start() throws(StoreError) {
        do {
            let thread = try SystemThread { self.run() }
            self.thread.withLock { $0 = thread }
        } catch {
            let failure = StoreError(.unavailable, "the journal of \(folder.database): \(error)")
            leave(failure)
            throw failure
        }
    }

    func settle() async throws(StoreError) {
        let result = await withCheckedContinuation { (waiter: Waiter) in
            let outcome: Result<Void, StoreError>? = state.withLock { state in
                if let failure = state.failure { return .failure(failure) }
                if state.hasEnded { return .success(()) }
                state.waiters.append(waiter)
                return nil
            }
            if let outcome { waiter.resume(returning: outcome) } else { signal.post() }
        }
        try result.get()
    }

    func close() throws(StoreError) {
        state.withLock { $0.isStopping = true }
        signal.post()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    // MARK: The thread

    private func run() {
        var batch = JournalBatch()
        do {
            while true {
                signal.wait()
                // Before the collect, so that what they wait for is in it.
                let (waiters, isStopping) = state.withLock { state in
                    defer { state.waiters = [] }
                    return (state.waiters, state.isStopping)
                }
                do {
                    try commit(&batch)
                } catch {
                    waiters.forEach { $0.resume(returning: .failure(TimelineStore.explain(error, folder))) }
                    throw error
                }
                waiters.forEach { $0.resume(returning: .success(())) }
                if isStopping { break }
            }
            hub.failJournal()
            // What came since.
            try commit(&batch)
            try end()
            leave(nil)
        } catch {
            leave(TimelineStore.explain(error, folder))
        }
    }

    private func commit(_ batch: inout JournalBatch) throws {
        hub.collectChanges(into: &batch)
        guard !batch.changes.isEmpty else { return }
        row.counters = batch.counters
        row.commits += 1
        try database.write(batch, row)
        try Watermark(commits: row.commits, durability: row.durability).write(to: folder)
        hub.settle(batch)
    }

    private func end() throws {
        row.isInUse = false
        row.commits += 1
        try database.end(row)
        try Watermark(commits: row.commits, durability: row.durability).write(to: folder)
    }

    /// The thread's last words.
    ///
    /// A group that failed is not tried again: after a failed synchronisation the system no longer knows what of it is on the
    /// disk (fsync(2)). What is there says so at the next start.
    private func leave(_ failure: StoreError?) {
        hub.failJournal()
        folder.release()
        let waiters = state.withLock { state in
            state.hasEnded = true
            state.failure = failure
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: failure.map { .failure($0) } ?? .success(())) }
        if let failure { failed(failure) }
    }
}
