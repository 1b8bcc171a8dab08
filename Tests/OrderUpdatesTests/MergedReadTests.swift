import Clocks
import OrderUpdates
import Testing

@Suite struct MergedReadTests {
    /// Three orders; sequences 1, 2, 3 are their first events, 4... go round.
    private func hub(history: Int, rounds: Int) throws -> OrderEventHub {
        let hub = OrderEventHub(configuration: .init(history: history))
        for id: OrderID in [.a, .b, .c] { try hub.create(id, owner: "ada") }
        for _ in 0..<rounds { hub.publish([.a, .b, .c].map { .progress($0) }) }
        return hub
    }

    @Test("Updates of several orders come in sequence") func eventsOfSeveralOrdersComeInSequence() throws {
        let merged = try hub(history: 10, rounds: 2).read([.c, .a], afterSequence: 3)
        #expect(merged.entries.map(\.id) == [.a, .c, .a, .c])
        #expect(merged.entries.map(\.event.sequence) == [4, 6, 7, 9])
        #expect(merged.entries.map(\.event.offset) == [2, 2, 3, 3])
        #expect(merged.lost.isEmpty && merged.unknown.isEmpty)
        #expect(merged.sequence == 9)
    }

    @Test("A read that was cut at its limit goes on where it ended") func aCutReadGoesOnWhereItEnded() throws {
        let hub = try hub(history: 10, rounds: 3)
        for limit in 1...13 {
            var seen: [UInt64] = []
            var sequence: UInt64 = 0
            while sequence < 12 {
                let merged = hub.read([.a, .b, .c], afterSequence: sequence, limit: limit)
                #expect(merged.entries.count <= limit)
                try #require(merged.sequence > sequence)
                seen += merged.entries.map(\.event.sequence)
                sequence = merged.sequence
            }
            #expect(seen == Array(1...12))
        }
    }

    @Test("The sequence moves past the updates of orders that are not read")
    func ordersThatAreNotReadCoverNothing() throws {
        let merged = try hub(history: 10, rounds: 2).read([.a], afterSequence: 7)
        #expect(merged.entries.isEmpty)
        #expect(merged.sequence == 9)
    }

    @Test("An order whose updates have left the ring comes as its state")
    func anOrderWhoseEventsAreGoneComesAsItsState() throws {
        // The ring holds two events an order: sequences 7 and 10 of a, 8 and 11 of b; then a goes on alone.
        let hub = try hub(history: 2, rounds: 3)
        try hub.publish(.progress(.a))
        let merged = hub.read([.a, .b], afterSequence: 5)
        #expect(merged.lost.map(\.id) == [.a])
        #expect(merged.lost.map(\.sequence) == [13])
        #expect(merged.entries.map(\.event.sequence) == [8, 11])
        #expect(merged.sequence == 13)
        // What left the ring was seen before sequence 7: nothing is lost.
        #expect(hub.read([.a, .b], afterSequence: 7).lost.isEmpty)
    }

    @Test("A read is never cut before a snapshot") func aCutNeverFallsBeforeASnapshot() throws {
        let hub = OrderEventHub(configuration: .init(history: 4))
        try hub.create(.a, owner: "ada")
        try hub.create(.b, owner: "ada")
        for _ in 0..<6 { try hub.publish(.progress(.a)) }  // 3...8
        for _ in 0..<3 { try hub.publish(.progress(.b)) }  // 9...11
        try hub.publish(.progress(.a))  // 12: its snapshot
        try hub.publish(.progress(.b))  // 13
        let merged = hub.read([.a, .b], afterSequence: 2, limit: 1)
        #expect(merged.lost.map(\.sequence) == [12])
        #expect(merged.entries.map(\.event.sequence) == [9, 10, 11])
        #expect(merged.sequence == 12)
        #expect(hub.read([.a, .b], afterSequence: 12, limit: 1).entries.map(\.event.sequence) == [13])
    }

    @Test("An order that is named twice is read once") func anOrderNamedTwiceIsReadOnce() throws {
        let merged = try hub(history: 10, rounds: 0).read([.a, .b, .a], afterSequence: 0)
        #expect(merged.entries.map(\.id) == [.a, .b])
    }

    @Test("Orders that do not exist are listed as unknown") func unknownOrdersAreTold() throws {
        let merged = try hub(history: 10, rounds: 0).read([.a, .numbered(1)], afterSequence: 0)
        #expect(merged.unknown == [.numbered(1)])
        #expect(merged.entries.map(\.id) == [.a])
    }

    @Test("A sequence that was never reached has lost every order") func aSequenceThatWasNeverReachedLosesAll() throws {
        let merged = try hub(history: 10, rounds: 0).read([.a, .b], afterSequence: 4)
        #expect(merged.lost.map(\.id) == [.a, .b])
        #expect(merged.sequence == 3)
    }

    @Test("A reader that missed an evicted order's end learns of the loss once another takes its name")
    func anOrderThatTookAnEvictedNameIsLost() throws {
        let clock = ManualClock()
        let hub = OrderEventHub(configuration: .init(terminalRetention: .seconds(1)), clock: clock)
        try hub.create(.a, reaching: .failed)  // 1, 2
        clock.advance(by: .seconds(1))
        try hub.create(.a, owner: "ada")  // 3
        // The reader saw sequence 1: the failure is gone, and it must hear so.
        #expect(hub.read([.a], afterSequence: 1).lost.map(\.sequence) == [3])
        #expect(hub.read([.a], afterSequence: 2).entries.map(\.event.sequence) == [3])
    }
}
