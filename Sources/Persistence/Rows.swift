import GRDB
import OrderUpdates

/// The hub's only row.
struct HubRow {
    var epoch: UInt64
    var counters = HubCounters()
    /// The number of transactions so far, including the one that writes it.
    var commits: UInt64 = 0
    /// Whether a process uses the database, or used it and did not close it.
    var isInUse = false
    /// The durability under which that process ran.
    var durability = Durability.memory

    init(epoch: UInt64) { self.epoch = epoch }

    private var checksum: Int64 {
        var checksum = Checksum()
        for number in [
            epoch, counters.sequence, counters.timelines, counters.evictedThrough, commits, isInUse ? 1 : 0,
        ] { checksum.add(number) }
        checksum.add(durability.rawValue.utf8)
        return Int64(bitPattern: checksum.value)
    }

    var arguments: StatementArguments {
        [
            Int64(bitPattern: epoch), Int64(bitPattern: counters.sequence), Int64(bitPattern: counters.timelines),
            Int64(bitPattern: counters.evictedThrough), Int64(bitPattern: commits), isInUse, durability.rawValue,
            checksum,
        ]
    }

    /// Nil where it is damaged.
    init?(_ row: Row) {
        guard let epoch = row.unsigned(0), let sequence = row.unsigned(1), let timelines = row.unsigned(2),
            let evictedThrough = row.unsigned(3), let commits = row.unsigned(4), let inUse = row.unsigned(5),
            let durability = row.text(6).flatMap(Durability.init(rawValue:)), let kept = row.unsigned(7)
        else { return nil }
        self.epoch = epoch
        counters = HubCounters(sequence: sequence, timelines: timelines, evictedThrough: evictedThrough)
        self.commits = commits
        isInUse = inUse != 0
        self.durability = durability
        guard Int64(bitPattern: kept) == checksum, inUse <= 1 else { return nil }
    }
}

struct OrderRow {
    var number: UInt64
    var name: String
    var owner: Subject
    var firstSequence: UInt64

    var checksum: Int64 {
        var checksum = Checksum()
        checksum.add(number)
        checksum.add(name.utf8)
        checksum.add(owner.utf8)
        checksum.add(firstSequence)
        return Int64(bitPattern: checksum.value)
    }
}

extension OrderRow {
    /// Nil where it is damaged.
    init?(_ row: Row) {
        guard let number = row.unsigned(0), let name = row.text(1), let owner = row.text(2).map({ Subject($0) }),
            let firstSequence = row.unsigned(3), let kept = row.unsigned(4)
        else { return nil }
        self.init(number: number, name: name, owner: owner, firstSequence: firstSequence)
        guard Int64(bitPattern: kept) == checksum else { return nil }
    }
}

struct EventRow {
    var sequence: UInt64
    var number: UInt64
    var offset: UInt64
    var status: String
    var json: String

    var checksum: Int64 {
        var checksum = Checksum()
        checksum.add(sequence)
        checksum.add(number)
        checksum.add(offset)
        checksum.add(status.utf8)
        checksum.add(json.utf8)
        return Int64(bitPattern: checksum.value)
    }
}

extension EventRow {
    /// Nil where it is damaged.
    init?(_ row: Row) {
        guard let sequence = row.unsigned(0), let number = row.unsigned(1), let offset = row.unsigned(2),
            let status = row.text(3), let json = row.text(4), let kept = row.unsigned(5)
        else { return nil }
        self.init(sequence: sequence, number: number, offset: offset, status: status, json: json)
        guard Int64(bitPattern: kept) == checksum else { return nil }
    }
}

extension Row {
    /// Only a value of SQLite's own integer type: a damaged one may have any type, and a conversion would hide that.
    fileprivate func unsigned(_ column: Int) -> UInt64? {
        let value: DatabaseValue = self[column]
        guard case .int64(let number) = value.storage else { return nil }
        return UInt64(bitPattern: number)
    }

    fileprivate func text(_ column: Int) -> String? {
        let value: DatabaseValue = self[column]
        guard case .string(let text) = value.storage else { return nil }
        return text
    }
}
