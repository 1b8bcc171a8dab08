import Clocks
import OrderUpdates
import Testing

/// What a hub hands to its journal, and when readers see it.
@Suite struct JournalTests {
    private func hub(
        _ visibility: JournalVisibility, _ configuration: OrderEventHub.Configuration = .init(),
        wakes: Counter = Counter()
    ) -> OrderEventHub {
        OrderEventHub(
            HubRecord(epoch: 100), configuration: configuration, visibility: visibility,
            wakeJournal: { wakes.increment() })
    }

    @Test(
        "Readers with a journal see what a naive log says, over restarts as well",
        arguments: [JournalVisibility.atOnce, .whenKept])
    func readersAgreeWithTheNaiveLogOverRestarts(visibility: JournalVisibility) {
        for seed: UInt64 in 0..<2_000 {
            do {
                var schedule = HubSchedule(seed: seed, visibility: visibility)
                try schedule.run(steps: 80)
            } catch {
                Issue.record(Comment(rawValue: "seed \(seed): \(error)"))
                return
            }
        }
    }

    @Test("The journal is woken once until it collects") func wakesTheJournalOnceUntilItCollects() throws {
        let wakes = Counter()
        let hub = hub(.atOnce, wakes: wakes)
        var journal = MemoryJournal()
        try hub.create(.a, owner: "ada")
        for _ in 0..<10 { try hub.publish(.progress(.a)) }
        #expect(wakes.value == 1)
        try journal.keep(hub)
        try hub.publish(.progress(.a))
        #expect(wakes.value == 2)
    }

    @Test("Readers see an update only once the journal has kept it") func showsNothingThatIsNotKept() throws {
        let hub = hub(.whenKept)
        var journal = MemoryJournal()
        let wakes = Counter()
        let loop = hub.attachLoop { wakes.increment() }
        var collected = Collected()
        #expect(hub.awaitShown(loop) == nil)

        try hub.create(.a, owner: "ada")
        #expect(hub.order(.a) == nil)
        #expect(hub.watch(.a, loop, token: 0) == nil)
        #expect(hub.read([.a], afterSequence: 0).unknown == [.a])
        // It exists all the same.
        #expect(throws: OrderError.orderExists(.a)) { try hub.create(.a, owner: "ada") }
        try journal.keep(hub)
        let created = try #require(hub.watch(.a, loop, token: 0))
        #expect(created.position.offset == 1)

        let position = try hub.publish(.progress(.a, "held", .approved))
        #expect(position.offset == 2)
        #expect(hub.order(.a)?.position.offset == 1)
        #expect(hub.sequence == 1)
        #expect(hub.offsets(.a, after: 1) == [])
        if case .positionLost = hub.read(.a, after: position) {
        } else {
            Issue.record("a position is known that nobody was told")
        }
        // The next step follows on the one that is held back.
        try hub.publish(.progress(.a, "held too", .activating))
        #expect(hub.awaitShown(loop) == 3)
        #expect(wakes.value == 0)
        try journal.keep(hub)
        #expect(wakes.value == 1)
        hub.collect(loop, into: &collected)
        #expect(collected.sequence == 3)
        #expect(collected.events.map(\.offset) == [2, 3])
        #expect(hub.order(.a)?.status == .activating)
        #expect(hub.awaitShown(loop) == nil)
    }

    @Test("A loop that watches nothing, but waits to acknowledge an update, is woken when it is kept")
    func wakesWhoWaits() throws {
        let hub = hub(.whenKept)
        var journal = MemoryJournal()
        let (waits, other) = (Counter(), Counter())
        let loop = hub.attachLoop { waits.increment() }
        _ = hub.attachLoop { other.increment() }
        var collected = Collected()
        for number in 1...3 {
            try hub.create(.numbered(number), owner: "ada")
            #expect(hub.awaitShown(loop) == UInt64(number))
            try journal.keep(hub)
            #expect(waits.value == number)
            hub.collect(loop, into: &collected)
            #expect(collected.sequence == UInt64(number))
        }
        #expect(other.value == 0)
    }

    /// Its events are to be shown at its place.
    @Test("An order with updates that are not yet kept is not evicted") func evictsNoOrderWithHeldEvents() throws {
        let clock = ManualClock()
        let hub = OrderEventHub(
            HubRecord(), configuration: .init(maximumOrders: 1, terminalRetention: .nanoseconds(1)), clock: clock,
            visibility: .whenKept, wakeJournal: {})
        var journal = MemoryJournal()
        try hub.create(.a, owner: "ada", status: .created)
        try hub.perform(.fail, on: .a, reason: "no port")
        try journal.keep(hub)
        try hub.perform(.retry, on: .a)
        clock.advance(by: .seconds(1))
        #expect(throws: OrderError.tooManyOrders(limit: 1)) { try hub.create(.b, owner: "ada") }
        try journal.keep(hub)
        #expect(hub.order(.a)?.status == .activating)
    }

    @Test("An update for which the journal has no room is refused, and not logged")
    func refusesWhatTheJournalHasNoRoomFor() throws {
        let hub = hub(.atOnce, .init(journalBacklog: 4_000))
        var journal = MemoryJournal()
        try hub.create(.a, owner: "ada")
        var taken = 0
        while (try? hub.publish(.progress(.a))) != nil { taken += 1 }
        #expect((1..<40).contains(taken))
        #expect(throws: OrderError.journalBehind(.a, limit: 4_000)) { try hub.publish(.progress(.a)) }
        #expect(throws: OrderError.journalBehind(.b, limit: 4_000)) { try hub.create(.b, owner: "ada") }
        // What was refused was not logged.
        #expect(hub.order(.a)?.position.offset == UInt64(taken + 1))
        try journal.keep(hub)
        try hub.publish(.progress(.a))
    }

    @Test("A hub whose journal has failed takes no update, and can be read") func takesNothingAfterAFailure() throws {
        let hub = hub(.atOnce)
        try hub.create(.a, owner: "ada")
        hub.failJournal()
        #expect(throws: OrderError.journalFailed(.a)) { try hub.publish(.progress(.a)) }
        #expect(hub.order(.a) != nil)
    }

    /// A new epoch of the hub's is one of every timeline's.
    @Test("A hub that is restored in a new epoch has lost every position") func aNewEpochLosesEveryPosition() throws {
        let first = hub(.atOnce)
        var journal = MemoryJournal()
        for id in [OrderID.a, .b] { try first.create(id, owner: "ada") }
        try journal.keep(first)
        let second = OrderEventHub(journal.record(epoch: 7), visibility: .atOnce, wakeJournal: {})
        for id in [OrderID.a, .b] {
            let old = try #require(first.order(id)).position
            guard case .positionLost(let snapshot) = second.read(id, after: old) else {
                Issue.record("\(old) is known")
                continue
            }
            #expect(snapshot.position.epoch != old.epoch && snapshot.position.offset == old.offset)
        }
        #expect(second.epoch == 7)
        #expect(try second.create(.c, owner: "ada").position.epoch == 7 + 3)
    }
}
