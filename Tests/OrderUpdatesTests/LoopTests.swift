import OrderUpdates
import Testing

/// How a loop follows orders: watch, wake, collect.
@Suite struct LoopTests {
    private let wakes = Counter()

    private func hub(history: Int = 8, orders: OrderID...) throws -> OrderEventHub {
        let hub = OrderEventHub(configuration: .init(history: history))
        for id in orders { try hub.create(id, owner: "ada") }
        return hub
    }

    private func attach(to hub: OrderEventHub) -> LoopID {
        hub.attachLoop { [wakes] in wakes.increment() }
    }

    /// What a loop collects, by token.
    private func collect(_ hub: OrderEventHub, _ loop: LoopID) -> [Int: [UInt64]] {
        var collected = Collected()
        hub.collect(loop, into: &collected)
        return Dictionary(
            collected.entries.map { ($0.token, collected.events[$0.events].map(\.offset)) },
            uniquingKeysWith: { _, _ in [] })
    }

    @Test("Watching an order gives its state, and collecting gives what follows")
    func watchShowsTheStateAndCollectWhatFollows() throws {
        let hub = try hub(orders: .a, .b)
        try hub.publish(.progress(.a))
        let loop = attach(to: hub)
        let snapshot = try #require(hub.watch(.a, loop, token: 7))
        #expect(snapshot.position.offset == 2)
        #expect(collect(hub, loop).isEmpty)

        hub.publish([.progress(.a), .progress(.b), .progress(.a)])
        var collected = Collected()
        hub.collect(loop, into: &collected)
        #expect(collected.entries.map(\.token) == [7])
        #expect(collected.entries.map(\.epoch) == [snapshot.position.epoch])
        #expect(collected.events[collected.entries[0].events].map(\.offset) == [3, 4])
        #expect(collected.events.map(\.sequence) == [4, 6])
        #expect(collected.sequence == 6)

        // Reused, it holds only what is new.
        hub.collect(loop, into: &collected)
        #expect(collected.entries.isEmpty && collected.events.isEmpty)
        #expect(collected.sequence == 6)
    }

    @Test("An order that does not exist cannot be watched") func anUnknownOrderIsNotWatched() throws {
        let hub = try hub()
        let loop = attach(to: hub)
        #expect(hub.watch(.a, loop, token: 1) == nil)
        try hub.create(.a, owner: "ada")
        #expect(wakes.value == 0)
        #expect(collect(hub, loop).isEmpty)
    }

    @Test("A loop is woken once until it collects") func wakesCoalesceUntilTheLoopCollects() throws {
        let hub = try hub(orders: .a, .b)
        let loop = attach(to: hub)
        #expect(hub.watch(.a, loop, token: 1) != nil)
        #expect(hub.watch(.b, loop, token: 2) != nil)
        for round in 1...3 {
            try hub.publish(.progress(.a))
            #expect(wakes.value == round)
            hub.publish([.progress(.a), .progress(.b), .progress(.b)])
            try hub.publish(.progress(.b))
            #expect(wakes.value == round)
            #expect(collect(hub, loop).mapValues(\.count) == [1: 2, 2: 3])
            // Collecting nothing arms it too, and wakes nobody.
            #expect(collect(hub, loop).isEmpty)
        }
    }

    @Test("Only a loop that watches the order is woken") func onlyLoopsThatWatchAreWoken() throws {
        let hub = try hub(orders: .a)
        let others = Counter()
        let loop = attach(to: hub)
        let other = hub.attachLoop { others.increment() }
        #expect(hub.watch(.a, loop, token: 1) != nil)
        try hub.publish(.progress(.a))
        #expect(wakes.value == 1)
        #expect(others.value == 0)
        #expect(collect(hub, other).isEmpty)
        #expect(collect(hub, loop) == [1: [2]])
    }

    @Test("Each loop collects at its own pace") func eachLoopCollectsAtItsOwnPace() throws {
        let hub = try hub(orders: .a)
        let (fast, slow) = (attach(to: hub), attach(to: hub))
        #expect(hub.watch(.a, fast, token: 1) != nil)
        try hub.publish(.progress(.a))
        #expect(hub.watch(.a, slow, token: 2) != nil)
        try hub.publish(.progress(.a))
        #expect(collect(hub, fast) == [1: [2, 3]])
        try hub.publish(.progress(.a))
        #expect(collect(hub, fast) == [1: [4]])
        #expect(collect(hub, slow) == [2: [3, 4]])
        #expect(wakes.value == 3)
    }

    @Test("A loop that falls behind sees a gap in the offsets") func aLoopThatFallsBehindSeesTheGap() throws {
        let hub = try hub(history: 3, orders: .a)
        let loop = attach(to: hub)
        #expect(hub.watch(.a, loop, token: 1) != nil)
        for _ in 0..<3 { try hub.publish(.progress(.a)) }
        #expect(collect(hub, loop) == [1: [2, 3, 4]])
        for _ in 0..<5 { try hub.publish(.progress(.a)) }
        #expect(collect(hub, loop) == [1: [7, 8, 9]])
    }

    @Test("Updates of an order that is no longer watched are dropped")
    func whatAnUnwatchedOrderPublishedIsDropped() throws {
        let hub = try hub(orders: .a, .b)
        let loop = attach(to: hub)
        #expect(hub.watch(.a, loop, token: 1) != nil)
        #expect(hub.watch(.b, loop, token: 2) != nil)
        hub.publish([.progress(.a), .progress(.b)])
        hub.unwatch(.a, loop)
        hub.unwatch(.a, loop)
        hub.unwatch(.c, loop)
        #expect(collect(hub, loop) == [2: [2]])

        // Watched once more while it still stands in the list of dirty orders, it comes once.
        hub.publish([.progress(.b)])
        hub.unwatch(.b, loop)
        #expect(hub.watch(.b, loop, token: 3)?.position.offset == 3)
        hub.publish([.progress(.b)])
        #expect(collect(hub, loop) == [3: [4]])
    }

    @Test("A detached loop is not woken, and has no effect on the loop that takes its slot")
    func aDetachedLoopIsForgotten() throws {
        let hub = try hub(orders: .a)
        let old = attach(to: hub)
        #expect(hub.watch(.a, old, token: 1) != nil)
        hub.detachLoop(old)
        try hub.publish(.progress(.a))
        #expect(wakes.value == 0)

        // The next loop takes over its place, not its interest; what was said in its name has no effect.
        let new = attach(to: hub)
        #expect(new != old)
        try hub.publish(.progress(.a))
        #expect(collect(hub, new).isEmpty)
        #expect(hub.watch(.a, new, token: 2) != nil)
        hub.unwatch(.a, old)
        hub.detachLoop(old)
        try hub.publish(.progress(.a))
        #expect(wakes.value == 1)
        #expect(collect(hub, new) == [2: [4]])
    }

    @Test("A loop's wake may call the hub") func aWakeMayUseTheHub() throws {
        // It is called outside the lock: this would hang otherwise.
        let hub = try hub(orders: .a)
        let loop = hub.attachLoop { [wakes, hub] in
            if hub.order(.a) != nil { wakes.increment() }
        }
        #expect(hub.watch(.a, loop, token: 1) != nil)
        try hub.publish(.progress(.a))
        #expect(wakes.value == 1)
        hub.detachLoop(loop)
    }

    /// A loop's own mistakes stop the process with an explanation; a peer cannot cause them.
    @Test("A detached loop that collects stops the process") func aDetachedLoopMayNotCollect() async {
        await #expect(processExitsWith: .failure) {
            let hub = OrderEventHub()
            let loop = hub.attachLoop {}
            hub.detachLoop(loop)
            var collected = Collected()
            hub.collect(loop, into: &collected)
        }
    }

    @Test("A loop that watches an order twice stops the process") func anOrderIsWatchedOnceByALoop() async {
        await #expect(processExitsWith: .failure) {
            let hub = OrderEventHub()
            try hub.create(.a, owner: "ada")
            let loop = hub.attachLoop {}
            _ = hub.watch(.a, loop, token: 1)
            _ = hub.watch(.a, loop, token: 2)
        }
    }
}
