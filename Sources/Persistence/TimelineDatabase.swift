import GRDB
import OrderUpdates

/// The SQLite database of a hub: one row for the hub, one for each order, one for each event.
///
/// The hub's sequence is the key of events, so that writing is appending. There is no other index, because the hub
/// knows the keys. Unsigned numbers are stored as the signed numbers with the same bits.
final class TimelineDatabase: Sendable {
    /// "TAND", by which `file(1)` and we recognise the file.
    static let applicationID: Int64 = 0x5441_4E44
    static let version: Int64 = 1

    private let queue: DatabaseQueue

    private static let schema = """
        CREATE TABLE hub (
            epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, timelines INTEGER NOT NULL,
            evicted_through INTEGER NOT NULL, commits INTEGER NOT NULL,
            in_use INTEGER NOT NULL, durability TEXT NOT NULL, checksum INTEGER NOT NULL);
        CREATE TABLE orders (
            number INTEGER PRIMARY KEY, name TEXT NOT NULL, owner TEXT NOT NULL,
            first_sequence INTEGER NOT NULL, checksum INTEGER NOT NULL);
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY, number INTEGER NOT NULL, offset INTEGER NOT NULL, status TEXT NOT NULL,
            json TEXT NOT NULL, checksum INTEGER NOT NULL);
        """

    /// Makes the database of a new hub.
    static func create(in folder: StoreFolder) throws {
        for suffix in ["", "-wal", "-shm", "-journal"] { StoreFolder.remove(folder.unfinished + suffix) }
        let queue = try DatabaseQueue(path: folder.unfinished)
        try queue.writeWithoutTransaction { db in
            // This is stored in the file, for every later connection.
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.inTransaction {
                try db.execute(sql: schema)
                try insertHub(HubRow(epoch: .random(in: 0...UInt64.max)), db)
                try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
                return .commit
            }
        }
        try queue.close()
        try folder.finish()
    }

    /// Opens it for writing by this process only.
    init(_ folder: StoreFolder) throws {
        var configuration = GRDB.Configuration()
        configuration.label = "tandem.timelines"
        configuration.prepareDatabase { db in
            // Before the first access, so that the log needs no memory that is shared with other processes.
            try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        queue = try DatabaseQueue(path: folder.database, configuration: configuration)
    }

    /// Marks the database as in use, and synchronises it whatever the durability will be.
    ///
    /// - Parameter surplus: sequences of events that exceed the history.
    func begin(_ hub: HubRow, forgetting surplus: [UInt64]) throws {
        try queue.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                for sequence in surplus { try Self.forget(sequence, db) }
                try Self.update(hub, db)
                return .commit
            }
            // NORMAL synchronises only at each checkpoint: a crash of the machine may take back the last commits, but
            // leaves the file consistent.
            if hub.durability == .async { try db.execute(sql: "PRAGMA synchronous = NORMAL") }
        }
    }

    /// Writes a batch in one transaction.
    func write(_ batch: JournalBatch, _ hub: HubRow) throws {
        try queue.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                for change in batch.changes { try Self.write(change, db) }
                try Self.update(hub, db)
                return .commit
            }
        }
    }

    /// Marks a clean shutdown, and leaves no log behind.
    func end(_ hub: HubRow) throws {
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.inTransaction(.immediate) {
                try Self.update(hub, db)
                return .commit
            }
        }
        try queue.close()
    }

    // MARK: Rows

    private static func write(_ change: OrderChange, _ db: Database) throws {
        switch change {
        case .created(let number, let id, let owner, let sequence):
            let row = OrderRow(number: number, name: id.description, owner: owner, firstSequence: sequence)
            try db.cachedStatement(sql: "INSERT INTO orders VALUES (?, ?, ?, ?, ?)").execute(arguments: [
                Int64(bitPattern: number), row.name, owner.description, Int64(bitPattern: sequence), row.checksum,
            ])
        case .logged(let logged):
            let row = EventRow(
                sequence: logged.event.sequence, number: logged.number, offset: logged.event.offset,
                status: logged.status.rawValue, json: String(decoding: logged.event.json, as: UTF8.self))
            try db.cachedStatement(sql: "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)").execute(arguments: [
                Int64(bitPattern: row.sequence), Int64(bitPattern: row.number), Int64(bitPattern: row.offset),
                row.status, row.json, row.checksum,
            ])
        case .forgotten(let sequence):
            try forget(sequence, db)
        case .evicted(let number, let events, let lostThrough):
            for event in events { try forget(event.sequence, db) }
            if lostThrough > 0 { try forget(lostThrough, db) }
            try db.cachedStatement(sql: "DELETE FROM orders WHERE number = ?")
                .execute(arguments: [Int64(bitPattern: number)])
        }
    }

    private static func forget(_ sequence: UInt64, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM events WHERE sequence = ?")
            .execute(arguments: [Int64(bitPattern: sequence)])
    }

    private static func insertHub(_ hub: HubRow, _ db: Database) throws {
        try db.execute(sql: "INSERT INTO hub VALUES (?, ?, ?, ?, ?, ?, ?, ?)", arguments: hub.arguments)
    }

    private static func update(_ hub: HubRow, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE hub SET epoch = ?, sequence = ?, timelines = ?, evicted_through = ?, commits = ?, in_use = ?, \
                durability = ?, checksum = ?
                """
        ).execute(arguments: hub.arguments)
    }
}
