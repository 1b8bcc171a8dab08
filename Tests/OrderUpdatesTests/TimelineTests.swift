import OrderUpdates
import Testing

/// One order's history, read through the hub.
@Suite struct TimelineTests {
    /// A hub with one order whose log ends at an offset.
    private func hub(history: Int, end: UInt64) throws -> OrderEventHub {
        let hub = OrderEventHub(configuration: .init(history: history))
        try hub.create(.a, owner: "ada")
        for offset in 1..<end { try hub.publish(.progress(.a, "\(offset + 1)")) }
        return hub
    }

    @Test(
        "A read gives what follows a position, or says that the position is lost",
        arguments: [
            // Nothing has left the ring: offset 0 stands before all.
            (1, 0, [1]), (3, 0, [1, 2, 3]), (4, 0, [1, 2, 3, 4]), (4, 3, [4]),
            // Nothing new yet.
            (1, 1, []), (4, 4, []), (9, 9, []),
            // The ring has come round: once, on its seam, and several times.
            (5, 1, [2, 3, 4, 5]), (6, 2, [3, 4, 5, 6]), (8, 4, [5, 6, 7, 8]), (9, 5, [6, 7, 8, 9]),
            (103, 101, [102, 103]),
            // Fallen off.
            (5, 0, nil), (9, 4, nil), (103, 98, nil),
            // Ahead of the end.
            (1, 2, nil), (9, 10, nil), (9, .max, nil),
        ] as [(end: UInt64, after: UInt64, expected: [UInt64]?)])
    func readsOnFromAPosition(_ end: UInt64, _ after: UInt64, _ expected: [UInt64]?) throws {
        let hub = try hub(history: 4, end: end)
        #expect(hub.offsets(.a, after: after) == expected)
        #expect(hub.statistics.eventsKept == min(4, Int(end)))
    }

    @Test(
        "A read gives no more updates than its limit",
        arguments: [(1, [6]), (3, [6, 7, 8]), (4, [6, 7, 8, 9]), (5, [6, 7, 8, 9])] as [(Int, [UInt64])])
    func readsNoMoreThanTheLimit(_ limit: Int, _ expected: [UInt64]) throws {
        #expect(try hub(history: 4, end: 9).offsets(.a, after: 5, limit: limit) == expected)
    }

    @Test("A history of one update keeps the newest") func aHistoryOfOneKeepsTheState() throws {
        let hub = try hub(history: 1, end: 5)
        #expect(hub.offsets(.a, after: 4) == [5])
        #expect(hub.offsets(.a, after: 5) == [])
        #expect(hub.offsets(.a, after: 3) == nil)
    }

    @Test("A lost position comes with the state from which to go on")
    func aLostPositionComesWithTheStateToGoOnFrom() throws {
        let hub = try hub(history: 4, end: 9)
        let epoch = try #require(hub.order(.a)).position.epoch
        for lost in [StreamPosition(epoch: epoch, offset: 2), StreamPosition(epoch: epoch &+ 1, offset: 9)] {
            guard case .positionLost(let snapshot) = hub.read(.a, after: lost) else {
                Issue.record("\(lost) is not lost")
                continue
            }
            #expect(snapshot.id == .a)
            #expect(snapshot.owner == "ada")
            #expect(snapshot.position == StreamPosition(epoch: epoch, offset: 9))
            #expect(snapshot.sequence == 9)
            #expect(String(decoding: snapshot.json, as: UTF8.self).contains(#""message":"9""#))
        }
    }

    @Test("Every timeline has an epoch of its own") func everyTimelineHasAnEpochOfItsOwn() throws {
        // The last epochs before the counter wraps.
        let hub = OrderEventHub(epoch: .max - 1)
        var epochs: Set<UInt64> = [hub.epoch]
        for id: OrderID in [.a, .b, .c] { epochs.insert(try hub.create(id, owner: "ada").position.epoch) }
        #expect(epochs.count == 4)
    }

    @Test("Two hubs have different epochs") func hubsOfDifferentLivesDiffer() {
        #expect(OrderEventHub().epoch != OrderEventHub().epoch)
    }
}
