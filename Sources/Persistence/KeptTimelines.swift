import GRDB
import OrderUpdates

/// The contents of a database, read and checked without changing anything.
struct KeptTimelines {
    var hub: HubRow
    var timelines: [TimelineRecord] = []
    /// Sequences of events that exceed the history.
    var surplus: [UInt64] = []

    fileprivate struct Builder {
        var row: OrderRow
        var status = OrderStatus.created
        var events: [OrderEvent] = []
    }

    /// - Parameter history: the number of events to read for each order.
    /// - Throws: `StoreError`, or an error of SQLite.
    init(of folder: StoreFolder, history: Int) throws {
        var configuration = GRDB.Configuration()
        // A connection that could write would move the log into the database when it closes, and so destroy the
        // evidence of the damage.
        configuration.readonly = true
        // SQLite makes an empty log where there is none.
        let hadLog = StoreFolder.exists(folder.log)
        defer { if !hadLog { StoreFolder.remove(folder.log) } }
        let queue = try DatabaseQueue(path: folder.database, configuration: configuration)
        defer { try? queue.close() }
        self = try queue.read { db in
            try Self.checkForm(db, folder)
            return try Self(db, folder, history)
        }
    }

    private static func checkForm(_ db: Database, _ folder: StoreFolder) throws {
        let application = try Int64.fetchOne(db, sql: "PRAGMA application_id")
        guard application == TimelineDatabase.applicationID else {
            throw StoreError(
                .foreign,
                "\(folder.database) is not a database of Tandem's (application id \(application ?? 0)): take another folder"
            )
        }
        let version = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version == TimelineDatabase.version else {
            throw StoreError(
                .foreign,
                "\(folder.database) has format \(version), and this version of Tandem reads \(TimelineDatabase.version): "
                    + "start the version that wrote it")
        }
        guard try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal" else {
            throw StoreError.damaged(folder.database, "it has no write-ahead log")
        }
        let finding = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)")
        guard finding == "ok" else { throw StoreError.damaged(folder.database, finding ?? "it cannot be checked") }
    }

    private init(_ db: Database, _ folder: StoreFolder, _ history: Int) throws {
        let path = folder.database
        let hubs = try Row.fetchAll(db, sql: "SELECT * FROM hub")
        guard hubs.count == 1, let hub = HubRow(hubs[0]) else {
            throw StoreError.damaged(path, "what it says of itself is not as it was written")
        }
        self.hub = hub
        var builders: [UInt64: Builder] = [:]
        let orders = try Row.fetchCursor(db, sql: "SELECT * FROM orders")
        while let row = try orders.next() {
            guard let order = OrderRow(row) else { throw StoreError.damaged(path, "an order is not as it was written") }
            builders[order.number] = Builder(row: order)
        }
        let events = try Row.fetchCursor(db, sql: "SELECT * FROM events ORDER BY sequence")
        while let row = try events.next() {
            guard let event = EventRow(row), let status = OrderStatus(rawValue: event.status),
                event.sequence <= hub.counters.sequence
            else { throw StoreError.damaged(path, "an event is not as it was written") }
            // Changed in place: an array that is taken out and put back would be copied for each event.
            let fits = builders[event.number]?.add(event, status) ?? false
            guard fits else { throw StoreError.damaged(path, "an event is missing, or an order") }
        }
        timelines.reserveCapacity(builders.count)
        var names: Set<String> = []
        for builder in builders.values.sorted(by: { $0.row.number < $1.row.number }) {
            guard let timeline = builder.timeline(history, &surplus), names.insert(builder.row.name).inserted,
                builder.row.number <= hub.counters.timelines
            else { throw StoreError.damaged(path, "the order \(builder.row.name) is not whole") }
            timelines.append(timeline)
        }
    }
}

extension KeptTimelines.Builder {
    /// Returns whether the event is the order's next one.
    fileprivate mutating func add(_ row: EventRow, _ status: OrderStatus) -> Bool {
        if let latest = events.last {
            guard row.offset == latest.offset + 1 else { return false }
        } else if (row.offset == 1) != (row.sequence == self.row.firstSequence) {
            return false
        }
        events.append(OrderEvent(offset: row.offset, sequence: row.sequence, json: Array(row.json.utf8)))
        self.status = status
        return true
    }

    /// Nil where even the order's state is missing.
    ///
    /// The event before the history stays in the database, though it is not shown: its sequence tells what a stream
    /// of many orders has lost.
    fileprivate func timeline(_ history: Int, _ surplus: inout [UInt64]) -> TimelineRecord? {
        guard let id = OrderID(row.name), let oldest = events.first else { return nil }
        var lostThrough: UInt64 = 0
        var shown = events[...]
        if oldest.offset > 1 {
            guard events.count > 1 else { return nil }
            lostThrough = oldest.sequence
            shown = shown.dropFirst()
        }
        let cut = shown.count - history
        if cut > 0 {
            if lostThrough > 0 { surplus.append(lostThrough) }
            surplus += shown.prefix(cut - 1).map(\.sequence)
            shown = shown.dropFirst(cut - 1)
            lostThrough = shown.removeFirst().sequence
        }
        return TimelineRecord(
            number: row.number, id: id, owner: row.owner, status: status, firstSequence: row.firstSequence,
            lostThrough: lostThrough, events: Array(shown))
    }
}
