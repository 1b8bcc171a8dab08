import OrderUpdates

/// A journal that keeps what it is told in memory, as a file would be kept.
struct MemoryJournal {
    private struct Kept {
        var id: OrderID
        var owner: Subject
        var firstSequence: UInt64
        var status = OrderStatus.created
        var events: [OrderEvent] = []
    }

    private var timelines: [UInt64: Kept] = [:]
    private var counters = HubCounters()
    private var batch = JournalBatch()

    /// Keeps what the hub has for it.
    mutating func keep(_ hub: OrderEventHub) throws {
        hub.collectChanges(into: &batch)
        for change in batch.changes { try apply(change) }
        counters = batch.counters
        hub.acknowledge(batch)
    }

    private mutating func apply(_ change: OrderChange) throws {
        switch change {
        case .created(let number, let id, let owner, let sequence):
            try require(timelines[number] == nil, "two timelines have the number \(number)")
            timelines[number] = Kept(id: id, owner: owner, firstSequence: sequence)
        case .logged(let logged):
            let latest = timelines[logged.number]?.events.last
            try require(
                timelines[logged.number] != nil && logged.event.offset == (latest?.offset ?? 0) + 1
                    && logged.event.sequence > latest?.sequence ?? 0,
                "the journal was told of offset \(logged.event.offset) after \(latest?.offset ?? 0)")
            timelines[logged.number]!.events.append(logged.event)
            timelines[logged.number]!.status = logged.status
        case .forgotten(let sequence):
            try forget(sequence)
        case .evicted(let number, let events, let lostThrough):
            for event in events { try forget(event.sequence) }
            if lostThrough > 0 { try forget(lostThrough) }
            try require(timelines[number]?.events.isEmpty == true, "an eviction leaves events behind")
            timelines[number] = nil
        }
    }

    private mutating func forget(_ sequence: UInt64) throws {
        let number = timelines.first { $0.value.events.contains { $0.sequence == sequence } }?.key
        guard let number else { throw Violation(description: "event \(sequence) is forgotten, and was not kept") }
        timelines[number]!.events.removeAll { $0.sequence == sequence }
    }

    /// The events of a timeline that are kept at most.
    var longest: Int { timelines.values.map(\.events.count).max() ?? 0 }

    /// What a file would hold, trimmed to the history and the event before it.
    mutating func record(epoch: UInt64, history: Int = 256) -> HubRecord {
        for number in timelines.keys {
            timelines[number]!.events = timelines[number]!.events.suffix(history + 1)
        }
        return read(epoch)
    }

    private func read(_ epoch: UInt64) -> HubRecord {
        let kept = timelines.sorted { $0.key < $1.key }.map { number, kept in
            let hasWitness = kept.events[0].offset > 1
            return TimelineRecord(
                number: number, id: kept.id, owner: kept.owner, status: kept.status, firstSequence: kept.firstSequence,
                lostThrough: hasWitness ? kept.events[0].sequence : 0,
                events: Array(kept.events.dropFirst(hasWitness ? 1 : 0)))
        }
        return HubRecord(epoch: epoch, counters: counters, timelines: kept)
    }
}
