import OrderUpdates
import Synchronization
import Threads

/// The one thread that writes: it collects what the hub has for it, commits that as one group, and acknowledges it to
/// the hub.
///
/// The next group grows while the current one is being synchronised, so a slower disk has larger groups. Only
/// publishers that use `commit` wait for it.
final class JournalWriter: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Void, StoreError>, Never>

    private struct State {
        var waiters: [Waiter] = []
        var hasEnded = false
        var failure: StoreError?
    }

    private let hub: OrderEventHub
    private let database: TimelineDatabase
    private let folder: StoreFolder
    private let worker: WorkerThread
    private let failed: @Sendable (StoreError) -> Void
    private let state = Mutex(State())
    /// The hub's row as the next commit will write it. It belongs to the thread once that runs.
    private nonisolated(unsafe) var row: HubRow
    /// Reused for every commit. It belongs to the thread once that runs.
    private nonisolated(unsafe) var batch = JournalBatch()

    init(
        _ hub: OrderEventHub, _ row: HubRow, _ database: TimelineDatabase, _ folder: StoreFolder,
        _ worker: WorkerThread, failed: @escaping @Sendable (StoreError) -> Void
    ) {
        self.hub = hub
        self.row = row
        self.database = database
        self.folder = folder
        self.worker = worker
        self.failed = failed
    }

    /// - Throws: where no thread can be created. The folder is then as after a kill, and another process may take it.
    func start() throws(StoreError) {
        do {
            try worker.start { [self] isLast in round(isLast) }
        } catch {
            let failure = StoreError(.unavailable, "the journal of \(folder.database): \(error)")
            leave(failure)
            throw failure
        }
    }

    func flush() async throws(StoreError) {
        let result = await withCheckedContinuation { (waiter: Waiter) in
            let outcome: Result<Void, StoreError>? = state.withLock { state in
                if let failure = state.failure { return .failure(failure) }
                if state.hasEnded { return .success(()) }
                state.waiters.append(waiter)
                return nil
            }
            if let outcome { waiter.resume(returning: outcome) } else { worker.wake() }
        }
        try result.get()
    }

    func close() throws(StoreError) {
        worker.stop()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    // MARK: The thread

    private func round(_ isLast: Bool) -> Bool {
        do {
            // Before the collect, so that it includes what these wait for.
            let waiters = state.withLock { state in
                defer { state.waiters = [] }
                return state.waiters
            }
            do {
                try commit()
            } catch {
                waiters.forEach { $0.resume(returning: .failure(TimelineStore.explain(error, folder))) }
                throw error
            }
            waiters.forEach { $0.resume(returning: .success(())) }
            guard isLast else { return true }
            hub.failJournal()
            // Commits what has arrived since.
            try commit()
            try end()
            leave(nil)
        } catch {
            leave(TimelineStore.explain(error, folder))
        }
        return false
    }

    private func commit() throws {
        hub.collectChanges(into: &batch)
        guard !batch.changes.isEmpty else { return }
        row.counters = batch.counters
        row.commits += 1
        try database.write(batch, row)
        try Watermark(commits: row.commits, durability: row.durability).write(to: folder)
        hub.acknowledge(batch)
    }

    private func end() throws {
        row.isInUse = false
        row.commits += 1
        try database.end(row)
        try Watermark(commits: row.commits, durability: row.durability).write(to: folder)
    }

    /// Shutdown: releases the folder and resumes those who wait.
    ///
    /// A group that failed is not written again: after a failed synchronisation the system no longer knows what is on
    /// the disk (fsync(2)). The next start finds out.
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
