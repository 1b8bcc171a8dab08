import Clocks
import OrderUpdates
import Testing

@Suite struct EvictionTests {
    private let clock = ManualClock()

    private func hub(maximumOrders: Int = 100) -> OrderEventHub {
        OrderEventHub(
            configuration: .init(maximumOrders: maximumOrders, terminalRetention: .seconds(10)), clock: clock)
    }

    @Test(
        "Only an order in a terminal status is evicted, once its retention has passed", arguments: OrderStatus.allCases)
    func onlyTerminalOrdersAreEvicted(_ status: OrderStatus) throws {
        let hub = hub()
        try hub.create(.a, reaching: status)
        try hub.create(.b, owner: "ada")

        clock.advance(by: .seconds(10) - .nanoseconds(1))
        try hub.publish(.progress(.b))
        #expect(hub.order(.a) != nil)

        clock.advance(by: .nanoseconds(1))
        try hub.publish(.progress(.b))
        #expect((hub.order(.a) == nil) == status.isTerminal)
        #expect(hub.statistics.evicted == (status.isTerminal ? 1 : 0))
        #expect(hub.statistics.orders == (status.isTerminal ? 1 : 2))
    }

    @Test("An evicted order is unknown, and another one may take its name in a new epoch")
    func anEvictedOrderIsUnknownAndItsNameFree() throws {
        let hub = hub()
        try hub.create(.a, reaching: .failed)
        let position = try #require(hub.order(.a)).position
        clock.advance(by: .seconds(10))
        #expect(throws: OrderError.unknownOrder(.a)) { try hub.perform(.retry, on: .a) }
        #expect(hub.statistics.eventsKept == 0)

        let again = try hub.create(.a, owner: "bob").position
        #expect(again.offset == 1)
        #expect(again.epoch != position.epoch)
        guard case .positionLost(let snapshot) = hub.read(.a, after: position) else {
            Issue.record("a position of the evicted order leads into the new one")
            return
        }
        #expect(snapshot.owner == "bob")
    }

    /// Between the look at the owner and the command the name may have become another order's.
    @Test("A command is carried out only if the order's owner passes its check")
    func aCommandIsOnAnOrderOfTheOwnerThatWasSeen() throws {
        let hub = hub()
        try hub.create(.a, owner: "bob")
        #expect(throws: OrderError.unknownOrder(.a)) { try hub.perform(.approve, on: .a) { $0 == "ada" } }
        #expect(hub.order(.a)?.status == .created)
        try hub.perform(.approve, on: .a) { $0 == "bob" }
        #expect(hub.order(.a)?.status == .approved)
    }

    @Test("An order that is retried stays, and its retention starts anew when it fails again")
    func aRetriedOrderStays() throws {
        let hub = hub()
        try hub.create(.a, reaching: .failed)
        clock.advance(by: .seconds(9))
        try hub.perform(.retry, on: .a)
        clock.advance(by: .seconds(9))
        try hub.create(.b, owner: "ada")
        #expect(hub.order(.a)?.status == .activating)

        // It fails once more, and its time starts anew.
        try hub.perform(.fail, on: .a, reason: "still no port")
        clock.advance(by: .seconds(9))
        try hub.publish(.progress(.b))
        #expect(hub.order(.a) != nil)
        clock.advance(by: .seconds(1))
        try hub.publish(.progress(.b))
        #expect(hub.order(.a) == nil)
    }

    @Test("A watched order stays until its last watcher has left, and for the retention after that")
    func aWatchedOrderStaysUntilItsLastWatcherHasLeft() throws {
        let hub = hub()
        try hub.create(.a, reaching: .activated)
        try hub.create(.b, owner: "ada")
        let loops = [hub.attachLoop {}, hub.attachLoop {}]
        for loop in loops { #expect(hub.watch(.a, loop, token: 1) != nil) }
        clock.advance(by: .seconds(100))
        try hub.publish(.progress(.b))
        hub.unwatch(.a, loops[0])
        try hub.publish(.progress(.b))
        #expect(hub.order(.a) != nil)

        // A subscriber that comes back soon still finds it.
        hub.detachLoop(loops[1])
        clock.advance(by: .seconds(9))
        try hub.publish(.progress(.b))
        #expect(hub.order(.a) != nil)
        clock.advance(by: .seconds(1))
        try hub.publish(.progress(.b))
        #expect(hub.order(.a) == nil)
    }

    @Test("A full hub evicts the order that ended first, and refuses a new one where none has ended")
    func aFullHubMakesRoomByTheOldestQuietOrder() throws {
        let hub = hub(maximumOrders: 3)
        try hub.create(.a, owner: "ada")
        try hub.create(.b, reaching: .activated)
        clock.advance(by: .seconds(1))
        try hub.create(.c, reaching: .failed)
        try hub.create(.numbered(1), owner: "ada")
        #expect(hub.order(.b) == nil)
        #expect(hub.order(.c) != nil)
        try hub.create(.numbered(2), owner: "ada")
        #expect(hub.order(.c) == nil)
        #expect(throws: OrderError.tooManyOrders(limit: 3)) { try hub.create(.numbered(3), owner: "ada") }
        #expect(hub.statistics.orders == 3)
    }

    @Test("An order that is refused evicts no other") func aRefusedCreateEvictsNothing() throws {
        let hub = OrderEventHub(configuration: .init(maximumOrders: 1, maximumUpdateBytes: 400), clock: clock)
        try hub.create(.a, reaching: .failed)
        #expect(throws: OrderError.orderExists(.a)) { try hub.create(.a, owner: "ada") }
        #expect(throws: OrderError.reasonMismatch(.b, .failed)) { try hub.create(.b, owner: "ada", status: .failed) }
        #expect(hub.order(.a) != nil)
    }

    @Test("Memory does not grow with the number of orders ever seen")
    func memoryDoesNotGrowWithTheOrdersEverSeen() throws {
        let hub = hub(maximumOrders: 1_000)
        for number in 0..<5_000 {
            try hub.create(.numbered(number), reaching: .activated)
            clock.advance(by: .seconds(1))
        }
        // Retention is ten seconds, and an order comes a second.
        #expect(hub.statistics.orders <= 11)
        #expect(hub.statistics.eventsKept == hub.statistics.orders * 4)
        #expect(hub.statistics.evicted == 5_000 - hub.statistics.orders)
        #expect(hub.statistics.published == 20_000)
    }

    @Test("Each publish evicts at most two expired orders") func aBacklogOfExpiredOrdersGoesAwayBitByBit() throws {
        let hub = hub(maximumOrders: 1_000)
        try hub.create(.a, owner: "ada")
        for number in 0..<100 { try hub.create(.numbered(number), reaching: .failed) }
        clock.advance(by: .seconds(60))
        var calls = 0
        while hub.statistics.orders > 1 {
            try hub.publish(.progress(.a))
            calls += 1
        }
        #expect(calls == 50)
    }
}
