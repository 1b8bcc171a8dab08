import OrderUpdates

/// A loop with one subscriber for each order: it catches up by a read, then lives on what it collects.
struct LoopFollower {
    private let loop: LoopID
    private let wakes = Counter()
    /// By token. A transcript outlives its watch: the subscriber comes back and resumes.
    private var transcripts: [Transcript] = []
    private var watched: Set<OrderID> = []
    private var dirty: Set<OrderID> = []
    private var collected = Collected()
    private var expectedWakes = 0
    private var isSignalled = false

    init(_ hub: OrderEventHub) {
        loop = hub.attachLoop { [wakes] in wakes.increment() }
    }

    mutating func watch(_ id: OrderID, _ hub: OrderEventHub, _ log: inout NaiveLog, now: Int64) throws {
        guard !watched.contains(id) else { return }
        let token = transcripts.firstIndex { $0.id == id } ?? transcripts.endIndex
        guard let snapshot = hub.watch(id, loop, token: token) else {
            return try require(log.order(id) == nil, "order \(id) cannot be watched")
        }
        log.watch(id, now: now)
        watched.insert(id)
        try snapshot.check(against: log, id)
        if token == transcripts.endIndex {
            transcripts.append(Transcript(id, from: snapshot.position))
            return
        }
        switch hub.read(id, after: transcripts[token].position) {
        case .events(let events, let epoch):
            for event in events { try transcripts[token].saw(event, epoch: epoch, log) }
        case .positionLost(let snapshot): try transcripts[token].lost(snapshot, log)
        case .unknown: throw Violation(description: "order \(id) is watched and unknown")
        }
        try require(
            transcripts[token].position == snapshot.position, "a read ends short of the state that watch showed")
    }

    mutating func unwatch(_ id: OrderID, _ hub: OrderEventHub, _ log: inout NaiveLog, now: Int64) throws {
        hub.unwatch(id, loop)
        dirty.remove(id)
        if watched.remove(id) != nil { log.unwatch([id], now: now) }
    }

    mutating func detach(_ hub: OrderEventHub, _ log: inout NaiveLog, now: Int64) throws {
        hub.detachLoop(loop)
        log.unwatch(watched, now: now)
        watched = []
    }

    mutating func expectWake(_ id: OrderID) {
        guard watched.contains(id) else { return }
        dirty.insert(id)
        if !isSignalled { expectedWakes += 1 }
        isSignalled = true
    }

    func checkWakes() throws {
        try require(wakes.value == expectedWakes, "\(wakes.value) wakes, \(expectedWakes) expected")
    }

    mutating func collect(_ hub: OrderEventHub, _ log: NaiveLog) throws {
        hub.collect(loop, into: &collected)
        isSignalled = false
        try require(collected.sequence == log.sequence, "collected up to \(collected.sequence) of \(log.sequence)")
        let ids = collected.entries.map { transcripts[$0.token].id }
        try require(
            ids.count == dirty.count && Set(ids) == dirty, "\(ids) were collected, \(dirty) had something new")
        try require(
            collected.entries.map(\.events.count).reduce(0, +) == collected.events.count, "events without an order")
        dirty = []
        for entry in collected.entries {
            let position = transcripts[entry.token].position
            if collected.events[entry.events.lowerBound].offset > position.offset + 1 {
                // A gap: the subscriber gets the state in its place, which here is that of the last event.
                try transcripts[entry.token].lost(hub.order(transcripts[entry.token].id)!, log)
                let last = collected.events[entry.events.upperBound - 1]
                try require(last.offset == transcripts[entry.token].position.offset, "collected less than there is")
            } else {
                for event in collected.events[entry.events] {
                    try transcripts[entry.token].saw(event, epoch: entry.epoch, log)
                }
            }
        }
    }

    /// After a collect, each watched order has been followed to its end.
    func checkEnd(_ log: NaiveLog) throws {
        for transcript in transcripts where watched.contains(transcript.id) {
            let end = log.events(of: log.order(transcript.id)!.epoch).last!.offset
            try require(transcript.position.offset == end, "a follower of \(transcript.id) stays behind")
        }
    }
}
