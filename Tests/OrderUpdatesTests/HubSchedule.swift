import Clocks
import OrderUpdates
import SeededRandomness

/// One random schedule of writing, reading, following and forgetting, with the naive log beside the hub.
struct HubSchedule {
    static let names = ["p", "q", "r", "s"].map { OrderID($0)! }
    static let retention: Duration = .nanoseconds(6)

    var generator: SplitMix64
    let clock = ManualClock()
    private(set) var hub: OrderEventHub
    var log: NaiveLog
    /// Nil where the hub has no journal; with one, the hub is made anew now and then from what was kept.
    private let visibility: JournalVisibility?
    private var journal = MemoryJournal()
    private let configuration: OrderEventHub.Configuration
    /// What the hubs before this one have counted.
    private var before = (published: 0, evicted: 0)
    let maximumOrders: Int
    /// Readers by position, as pollers and resuming streams are.
    private var resumers: [Transcript] = []
    /// Readers of all names, by sequence.
    private var sequences: [UInt64] = [0, 0]
    private var followers: [LoopFollower]

    init(seed: UInt64, visibility: JournalVisibility? = nil) {
        self.visibility = visibility
        generator = SplitMix64(seed: seed)
        let history = Int.random(in: 1...6, using: &generator)
        maximumOrders = Int.random(in: 2...4, using: &generator)
        log = NaiveLog(history: history)
        configuration = .init(history: history, maximumOrders: maximumOrders, terminalRetention: Self.retention)
        let epoch = UInt64.random(in: 0 ... .max, using: &generator)
        if let visibility {
            hub = OrderEventHub(
                HubRecord(epoch: epoch), configuration: configuration, clock: clock, visibility: visibility,
                wakeJournal: {})
        } else {
            hub = OrderEventHub(configuration: configuration, clock: clock, epoch: epoch)
        }
        followers = [LoopFollower(hub), LoopFollower(hub)]
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps { try step() }
        try checkEnd()
    }

    private mutating func step() throws {
        if visibility != nil, generator.oneIn(20) { try restart() }
        let id = Self.names.randomElement(using: &generator)!
        switch Int.random(in: 0..<100, using: &generator) {
        case ..<12: try create(id)
        case ..<42: try publish([id])
        case ..<50:
            let count = Int.random(in: 2...5, using: &generator)
            try publish((0..<count).map { _ in Self.names.randomElement(using: &generator)! })
        case ..<56: clock.advance(by: .nanoseconds(Int64.random(in: 1...4, using: &generator)))
        case ..<62: try resume(id)
        case ..<74: try readOn(limit: Int.random(in: 1...4, using: &generator))
        case ..<82:
            try readMerged(
                sequences.indices.randomElement(using: &generator)!, Int.random(in: 1...5, using: &generator))
        case ..<99: try follow(id)
        default:
            let index = followers.indices.randomElement(using: &generator)!
            try followers[index].detach(hub, &log, now: clock.now.nanoseconds)
            followers[index] = LoopFollower(hub)
        }
        let kept = log.live.map { log.kept(of: $0.epoch).count }.reduce(0, +)
        let statistics = hub.statistics
        try require(
            statistics.orders == log.live.count && statistics.eventsKept == kept
                && before.published + statistics.published == log.events.count
                && before.evicted + statistics.evicted == log.orders.count - log.live.count,
            "the counters say \(statistics), the log has \(log.live.count) orders and \(kept) events")
    }

    // MARK: Keeping

    private mutating func keep() throws {
        if visibility != nil { try journal.keep(hub) }
    }

    /// Another process goes on with what was kept. Readers come back; who followed through a loop begins anew.
    private mutating func restart() throws {
        guard let visibility else { return }
        for index in followers.indices { try followers[index].detach(hub, &log, now: clock.now.nanoseconds) }
        try keep()
        // What is forgotten goes with the group after: at most what one call logs.
        try require(journal.longest <= configuration.history + 1 + 5, "\(journal.longest) events are kept of an order")
        before.published += hub.statistics.published
        before.evicted += hub.statistics.evicted
        hub = OrderEventHub(
            journal.record(epoch: hub.epoch, history: configuration.history), configuration: configuration,
            clock: clock, visibility: visibility,
            wakeJournal: {})
        log.restart(now: clock.now.nanoseconds)
        followers = [LoopFollower(hub), LoopFollower(hub)]
    }

    // MARK: Writing

    private mutating func create(_ id: OrderID) throws {
        let status: OrderStatus = generator.oneIn(4) ? .activated : .created
        let before = log.live.count
        let result = Result { () throws(OrderError) in
            try hub.create(id, owner: "ada", status: status, timestamp: Int64(log.sequence))
        }
        try keep()
        try noteEvictions(mayMakeRoom: before == maximumOrders)
        switch result {
        case .success(let created):
            let position = created.position
            try require(log.order(id) == nil, "order \(id) was created twice")
            try require(log.live.count < maximumOrders, "more orders than the limit")
            try require(
                position.offset == 1 && !log.orders.contains { $0.epoch == position.epoch },
                "order \(id) starts at \(position), in an epoch that is not new")
            let json = hub.order(id)!.json
            log.create(id, epoch: position.epoch, status: status, json: json, now: clock.now.nanoseconds)
        case .failure(.orderExists): try require(log.order(id) != nil, "order \(id) does not exist")
        case .failure(.tooManyOrders):
            try require(
                log.live.count == maximumOrders && log.live.allSatisfy { $0.quiet == nil },
                "there was room for order \(id)")
        case .failure(let error): throw error
        }
    }

    private mutating func publish(_ ids: [OrderID]) throws {
        let updates = ids.map { id in
            let status = OrderStatus.allCases.randomElement(using: &generator)!
            // Mostly a step that is allowed, or orders would end soon.
            let current = log.order(id)?.status ?? .created
            let next = current.allows(status) || generator.oneIn(8) ? status : current
            return OrderUpdate(
                orderID: id, status: next, message: "after \(log.sequence)", reason: next == .failed ? "no port" : nil,
                timestamp: Int64(log.sequence))
        }
        let results =
            updates.count == 1
            ? [Result { () throws(OrderError) in try hub.publish(updates[0]) }] : hub.publish(updates)
        try keep()
        try noteEvictions(mayMakeRoom: false)
        try require(results.count == updates.count, "a batch of \(updates.count) had \(results.count) results")
        for (update, result) in zip(updates, results) {
            let id = update.orderID
            switch (result, log.order(id)) {
            case (.failure(.unknownOrder), nil): break
            case (.failure(.illegalTransition), let order?):
                try require(!order.status.allows(update.status), "order \(id) was refused \(update.status)")
            case (.success(let position), let order?):
                try require(order.status.allows(update.status), "order \(id) took \(update.status)")
                var json: [UInt8] = []
                update.appendJSON(to: &json)
                log.append(id, update.status, json, now: clock.now.nanoseconds)
                try require(
                    position == StreamPosition(epoch: order.epoch, offset: log.events.last!.offset),
                    "order \(id) logged at \(position)")
                for index in followers.indices { followers[index].expectWake(id) }
            default: throw Violation(description: "order \(id): \(result), the log has \(log.order(id) as Any)")
            }
        }
        for follower in followers { try follower.checkWakes() }
    }

    /// Takes over which orders the hub has evicted, each of which must have been due.
    ///
    /// - Parameter mayMakeRoom: whether the hub was full, so that the oldest quiet order may go before its time.
    private mutating func noteEvictions(mayMakeRoom: Bool) throws {
        let due = clock.now.advanced(by: .zero - Self.retention).nanoseconds
        var early = 0
        for order in log.live.sorted(by: { ($0.quiet?.turn ?? .max) < ($1.quiet?.turn ?? .max) })
        where hub.order(order.id)?.position.epoch != order.epoch {
            guard let quiet = order.quiet else {
                throw Violation(description: "order \(order.id) was evicted, though it is \(order.status) and watched")
            }
            if quiet.since > due { early += 1 }
            try require(
                log.live.allSatisfy { $0.quiet.map { $0.turn >= quiet.turn } ?? true },
                "order \(order.id) was evicted before an older one")
            log.evict(order.epoch)
        }
        try require(early == 0 || (early == 1 && mayMakeRoom), "\(early) orders were evicted before their time")
    }

    // MARK: Reading

    /// A reader comes back, sometimes with a position that leads nowhere.
    private mutating func resume(_ id: OrderID) throws {
        guard let snapshot = hub.order(id) else {
            return try require(log.order(id) == nil, "order \(id) is gone")
        }
        try snapshot.check(against: log, id)
        guard resumers.count == 6 || (!resumers.isEmpty && generator.oneIn(3)) else {
            let offset = generator.oneIn(2) ? snapshot.position.offset : 0
            resumers.append(Transcript(id, from: StreamPosition(epoch: snapshot.position.epoch, offset: offset)))
            return
        }
        let index = resumers.indices.randomElement(using: &generator)!
        var forged = resumers[index].position
        if generator.oneIn(2) { forged.epoch &+= 1 } else { forged.offset = .random(in: 0...12, using: &generator) }
        resumers[index].forge(forged)
    }

    private mutating func readOn(limit: Int) throws {
        for index in resumers.indices { try readOn(index, limit) }
    }

    private mutating func readOn(_ index: Int, _ limit: Int) throws {
        let (id, position) = (resumers[index].id, resumers[index].position)
        switch hub.read(id, after: position, limit: limit) {
        case .events(let events, let epoch):
            let available = log.events(of: epoch).count - Int(position.offset)
            try require(events.count == min(limit, available), "\(events.count) of \(available) events were read")
            for event in events { try resumers[index].saw(event, epoch: epoch, log) }
        case .positionLost(let snapshot): try resumers[index].lost(snapshot, log)
        case .unknown: try require(log.order(id) == nil, "order \(id) is gone")
        }
    }

    private mutating func readMerged(_ reader: Int, _ limit: Int) throws {
        let after = sequences[reader]
        let merged = hub.read(Self.names, afterSequence: after, limit: limit)
        let ordered = merged.entries.map(\.event.sequence)
        try require(zip(ordered, ordered.dropFirst()).allSatisfy { $0 < $1 }, "events came as \(ordered)")
        try require(
            merged.sequence == log.sequence || ordered.count >= limit, "a read was cut at \(ordered.count) events")
        try require(
            ordered.count <= max(limit, ordered.count { $0 <= merged.lost.map(\.sequence).max() ?? 0 }),
            "\(ordered.count) events were read, \(limit) asked for")
        for id in Self.names {
            let logged = log.events.filter { $0.id == id && $0.sequence > after && $0.sequence <= merged.sequence }
            let entries = merged.entries.filter { $0.id == id }
            guard let order = log.order(id) else {
                try require(merged.unknown.contains(id) && entries.isEmpty, "order \(id) does not exist")
                continue
            }
            if let snapshot = merged.lost.first(where: { $0.id == id }) {
                try snapshot.check(against: log, id)
                try require(entries.isEmpty && snapshot.sequence <= merged.sequence, "order \(id) lost and delivered")
                let kept = log.kept(of: order.epoch)
                let isGone = log.events.contains { event in
                    event.id == id && event.sequence > after && !kept.contains { $0.sequence == event.sequence }
                }
                // Where the order's name is younger than the position, the hub cannot tell whose events were evicted.
                let start = log.events(of: order.epoch)[0].sequence
                try require(isGone || (start > after && log.evictedThrough > after), "order \(id) lost nothing")
            } else {
                try require(
                    entries.map(\.event.json) == logged.map(\.json)
                        && entries.map(\.event.offset) == logged.map(\.offset)
                        && entries.map(\.epoch) == logged.map(\.epoch),
                    "order \(id): \(entries.map(\.event.sequence)) of \(logged.map(\.sequence)) after \(after)")
            }
        }
        sequences[reader] = merged.sequence
    }

    // MARK: Following

    private mutating func follow(_ id: OrderID) throws {
        let index = followers.indices.randomElement(using: &generator)!
        switch Int.random(in: 0..<6, using: &generator) {
        case 0...2: try followers[index].collect(hub, log)
        case 3...4: try followers[index].watch(id, hub, &log, now: clock.now.nanoseconds)
        default:
            try followers[index].unwatch(id, hub, &log, now: clock.now.nanoseconds)
            try noteEvictions(mayMakeRoom: false)
        }
    }

    /// Everything that has been published reaches everyone, and what is quiet goes.
    private mutating func checkEnd() throws {
        for _ in 0..<20 { try readOn(limit: 100) }
        for resumer in resumers where log.order(resumer.id) != nil {
            let end = log.events(of: log.order(resumer.id)!.epoch).last!.offset
            try require(resumer.position.offset == end, "a reader of \(resumer.id) stays at \(resumer.position)")
        }
        for reader in sequences.indices {
            try readMerged(reader, 1_000)
            try require(sequences[reader] == log.sequence, "a merged reader stays at \(sequences[reader])")
        }
        for index in followers.indices {
            try followers[index].collect(hub, log)
            try followers[index].checkEnd(log)
            try followers[index].detach(hub, &log, now: clock.now.nanoseconds)
        }
        clock.advance(by: Self.retention)
        for _ in 0..<maximumOrders {
            _ = try? hub.publish(.progress(OrderID("nobody")!))
            try noteEvictions(mayMakeRoom: false)
        }
        try require(log.live.allSatisfy { !$0.status.isTerminal }, "a quiet order stays for ever")
    }
}

extension SplitMix64 {
    /// Whether something happens that happens once in `n` times.
    fileprivate mutating func oneIn(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &self) == 0 }
}
