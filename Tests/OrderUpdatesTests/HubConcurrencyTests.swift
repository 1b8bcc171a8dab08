import Clocks
import OrderUpdates
import Testing

/// Publishers, loops and readers on several threads at once. Under the thread sanitizer, this is the proof of the lock.
@Suite(.timeLimit(.minutes(1))) struct HubConcurrencyTests {
    static let publishers = 4
    static let updates = 500
    static let shared = OrderID("shared")!

    static var orders: [OrderID] { [shared] + (0..<publishers).map { OrderID("own-\($0)")! } }

    /// Each publisher reports progress of its own order and of one that all share, singly and in batches.
    private func publish(_ publisher: Int, to hub: OrderEventHub) async throws {
        let own = OrderID("own-\(publisher)")!
        for number in 0..<Self.updates {
            if number.isMultiple(of: 3) {
                for result in hub.publish([.progress(own), .progress(Self.shared)]) { _ = try result.get() }
            } else {
                try hub.publish(.progress(own))
                try hub.publish(.progress(Self.shared))
            }
            if number.isMultiple(of: 16) { await Task.yield() }
        }
    }

    /// The offset at which an order ends when all has been published.
    private func end(_ id: OrderID) -> UInt64 {
        UInt64(1 + (id == Self.shared ? Self.publishers : 1) * Self.updates)
    }

    /// Follows all orders as a loop does, until each has reached its end. Returns the number of gaps.
    private func follow(_ hub: OrderEventHub) async throws -> Int {
        let (wakes, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let loop = hub.attachLoop { signal.yield() }
        defer { hub.detachLoop(loop) }
        let orders = Self.orders
        var reached = orders.indices.map { hub.watch(orders[$0], loop, token: $0)!.position.offset }
        var collected = Collected()
        var gaps = 0
        signal.yield()
        for await _ in wakes {
            hub.collect(loop, into: &collected)
            for entry in collected.entries {
                let events = collected.events[entry.events]
                let offsets = events.map(\.offset)
                #expect(offsets[0] > reached[entry.token], "an event came twice")
                #expect(offsets == Array(offsets[0]...offsets[offsets.count - 1]))
                #expect(zip(events, events.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
                if offsets[0] > reached[entry.token] + 1 { gaps += 1 }
                reached[entry.token] = offsets[offsets.count - 1]
            }
            // A wake that got lost would end the loop here, short of the end, in the time limit.
            if orders.indices.allSatisfy({ reached[$0] == end(orders[$0]) }) { break }
        }
        return gaps
    }

    /// Reads one order as a poller does, until its end. Returns the number of lost positions.
    private func poll(_ id: OrderID, _ hub: OrderEventHub) async -> Int {
        var position = hub.order(id)!.position
        var lost = 0
        while position.offset < end(id) {
            switch hub.read(id, after: position, limit: 7) {
            case .events(let events, let epoch):
                #expect(epoch == position.epoch)
                #expect(events.map(\.offset) == events.indices.map { position.offset + 1 + UInt64($0) })
                position.offset += UInt64(events.count)
            case .positionLost(let snapshot):
                #expect(snapshot.position.offset > position.offset)
                position = snapshot.position
                lost += 1
            case .unknown:
                Issue.record("order \(id) is gone")
                return lost
            }
            await Task.yield()
        }
        return lost
    }

    @Test(
        "Every reader on several threads reaches the end in order, and notices what it missed",
        arguments: [
            // All events fit: nobody may miss one.
            (history: publishers * updates + 1, mayMiss: false),
            // Readers fall off, and must notice.
            (history: 4, mayMiss: true),
        ])
    func everyReaderReachesTheEndInOrder(_ history: Int, _ mayMiss: Bool) async throws {
        let hub = OrderEventHub(configuration: .init(history: history))
        for id in Self.orders { try hub.create(id, owner: "ada") }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<2 { group.addTask { try await follow(hub) } }
            for id in Self.orders { group.addTask { await poll(id, hub) } }
            for publisher in 0..<Self.publishers {
                group.addTask {
                    try await publish(publisher, to: hub)
                    return 0
                }
            }
            for try await missed in group where !mayMiss { #expect(missed == 0) }
        }
        #expect(hub.sequence == UInt64(Self.orders.count + 2 * Self.publishers * Self.updates))
    }

    @Test("Orders may be created, read and evicted on several threads at once")
    func ordersComeAndGoUnderReaders() async throws {
        let clock = ManualClock()
        let hub = OrderEventHub(
            configuration: .init(history: 2, maximumOrders: 8, terminalRetention: .nanoseconds(5)), clock: clock)
        let finished = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var finished = 0
                    let loop = hub.attachLoop {}
                    var collected = Collected()
                    for round in 0..<300 {
                        // Two workers share each name, so that they create, watch and evict against each other.
                        let id = OrderID("order-\(worker / 2)-\(round % 3)")!
                        _ = try? hub.create(id, owner: "ada")
                        let watched = hub.watch(id, loop, token: round) != nil
                        for command in [OrderCommand.approve, .activate, .complete] {
                            if (try? hub.perform(command, on: id)) != nil, command == .complete { finished += 1 }
                        }
                        clock.advance(by: .nanoseconds(1))
                        hub.collect(loop, into: &collected)
                        #expect(collected.entries.allSatisfy { $0.token == round })
                        if watched { hub.unwatch(id, loop) }
                        _ = hub.read([id], afterSequence: UInt64(round))
                        await Task.yield()
                    }
                    hub.detachLoop(loop)
                    return finished
                }
            }
            return await group.reduce(0, +)
        }
        let statistics = hub.statistics
        #expect(finished > 0)
        #expect(statistics.orders <= 8)
        #expect(statistics.evicted > 0)
        #expect(statistics.eventsKept <= 2 * statistics.orders)
    }
}
