import GRDB
public import OrderUpdates
import Threads

/// A hub whose timelines outlive the process, in a SQLite database in a folder (`Docs/Persistence.md`).
///
/// Lifetime: `init` locks the folder, checks its contents, and makes the hub. `close` flushes and unlocks the folder.
/// A store that is not closed leaves the folder as a crash would.
public final class TimelineStore: Sendable {
    public let hub: OrderEventHub
    private let writer: JournalWriter

    /// - Parameters:
    ///   - folder: made where there is none; its parent must exist.
    ///   - durability: `async` or `commit`.
    ///   - failed: called once, on the writer's thread, when nothing more can be stored and the process should end.
    /// - Throws: where another process uses the folder, or its contents are damaged or not Tandem's; nothing is
    ///   changed then.
    public init(
        _ folder: String, durability: Durability,
        configuration: OrderEventHub.Configuration = OrderEventHub.Configuration(),
        failed: @escaping @Sendable (StoreError) -> Void = { _ in }
    ) throws(StoreError) {
        precondition(durability != .memory, "a store keeps its timelines: without one they live in memory")
        let folder = try StoreFolder(folder)
        do {
            try Self.begin(folder)
            var kept = try KeptTimelines(of: folder, history: configuration.history)
            try Self.compare(kept.hub, with: try Watermark(of: folder), folder)
            try Watermark(commits: kept.hub.commits, durability: kept.hub.durability).write(to: folder)
            try Watermark.synchronise(folder)
            if kept.hub.isInUse, kept.hub.durability == .async {
                // Readers may have been shown updates that are not here, and new updates are about to get their
                // offsets.
                kept.hub.epoch = .random(in: 0...UInt64.max)
            }
            kept.hub.isInUse = true
            kept.hub.durability = durability
            kept.hub.commits += 1
            let database = try TimelineDatabase(folder)
            try database.begin(kept.hub, forgetting: kept.surplus)
            try Watermark(commits: kept.hub.commits, durability: durability).write(to: folder)
            let worker = WorkerThread()
            let record = HubRecord(epoch: kept.hub.epoch, counters: kept.hub.counters, timelines: kept.timelines)
            hub = OrderEventHub(
                record, configuration: configuration, visibility: durability == .commit ? .whenKept : .atOnce,
                wakeJournal: { worker.wake() })
            writer = JournalWriter(hub, kept.hub, database, folder, worker, failed: failed)
        } catch {
            throw Self.explain(error, folder)
        }
        try writer.start()
    }

    /// Returns once everything that was published before is committed.
    /// - Throws: where it cannot be committed.
    public func flush() async throws(StoreError) { try await writer.flush() }

    /// Flushes, marks a clean shutdown, and unlocks the folder. The hub takes no more updates. Blocks until that is
    /// done; a second call returns at once.
    /// - Throws: where something could not be stored.
    public func close() throws(StoreError) { try writer.close() }

    /// Makes the database in a new folder.
    private static func begin(_ folder: StoreFolder) throws {
        guard !StoreFolder.exists(folder.database) else {
            // SQLite takes an empty file for a new database, and would delete the log that belongs to it.
            guard StoreFolder.size(folder.database) >= 512 else {
                throw StoreError.damaged(folder.database, "it is shorter than any database")
            }
            return
        }
        guard try Watermark(of: folder)?.commits ?? 0 == 0, !StoreFolder.exists(folder.log) else {
            throw StoreError.damaged(folder.database, "it is gone, and what belongs to it is not")
        }
        try TimelineDatabase.create(in: folder)
    }

    /// Looks for commits that are missing.
    private static func compare(_ hub: HubRow, with watermark: Watermark?, _ folder: StoreFolder) throws {
        guard let watermark else {
            guard hub.commits == 0 else {
                throw StoreError.damaged(folder.watermark, "it is empty, and the database is not")
            }
            return
        }
        guard hub.commits < watermark.commits else { return }
        // The machine has crashed since, or was switched off, which may have taken back the last commits of `async`.
        if watermark.durability == .async, watermark.boot != Watermark.boot { return }
        throw StoreError.damaged(
            folder.log, "\(watermark.commits - hub.commits) of \(watermark.commits) commits are missing")
    }

    /// What an error means to the person who started the command.
    static func explain(_ error: any Error, _ folder: StoreFolder) -> StoreError {
        if let error = error as? StoreError { return error }
        guard let error = error as? DatabaseError else { return StoreError(.unavailable, "\(folder.path): \(error)") }
        let message = error.message ?? "SQLite's error \(error.resultCode.rawValue)"
        switch error.resultCode.primaryResultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_FORMAT:
            return .damaged(folder.database, message)
        // Errors of a query for something that every database of ours has.
        case .SQLITE_ERROR, .SQLITE_SCHEMA:
            return .damaged(folder.database, message)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return StoreError(
                .inUse, "\(folder.database) is in use by another process: stop it, or take another folder")
        case .SQLITE_FULL:
            return StoreError(.unavailable, "\(folder.database): the disk is full: make room, then start again")
        default:
            return StoreError(.unavailable, "\(folder.database): \(message)")
        }
    }
}
