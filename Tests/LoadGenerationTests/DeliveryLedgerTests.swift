import LoadGeneration
import SeededRandomness
import Testing

@Suite struct DeliveryLedgerTests {
    @Test("Updates that arrive one after the other are in order") func inOrder() {
        var ledger = DeliveryLedger()
        for number in 0..<5 { #expect(ledger.deliver(number) == .inOrder) }
        #expect(ledger.next == 5)
    }

    @Test("A gap is reported once, and what fills it is late") func aGapIsToldOnceAndFilledLater() {
        var ledger = DeliveryLedger()
        #expect(ledger.deliver(3) == .ahead(skipped: 0..<3))
        #expect(ledger.deliver(1) == .late)
        #expect(ledger.deliver(1) == .duplicate)
        #expect(ledger.deliver(3) == .duplicate)
        #expect(ledger.deliver(4) == .inOrder)
        #expect(ledger.deliver(0) == .late)
        #expect(ledger.deliver(2) == .late)
        #expect(ledger.deliver(2) == .duplicate)
    }

    @Test("A snapshot supersedes the updates that were not seen") func aSnapshotSupersedesWhatWasNotSeen() {
        var ledger = DeliveryLedger()
        #expect(ledger.deliver(0) == .inOrder)
        #expect(ledger.advance(through: 4) == 1..<5)
        // What the snapshot includes is no late arrival: the subscriber knows of it.
        #expect(ledger.deliver(2) == .duplicate)
        #expect(ledger.advance(through: 3).isEmpty)
        #expect(ledger.deliver(5) == .inOrder)
    }

    @Test("The ledger agrees with a model that remembers every arrival", arguments: 0..<200)
    func agreesWithANaiveModel(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var ledger = DeliveryLedger()
        var seen: Set<Int> = []
        var superseded: Set<Int> = []
        for _ in 0..<200 {
            let highest = seen.union(superseded).max() ?? -1
            let number = max(0, highest - 6 + generator.next(below: 12))
            if generator.next(below: 20) == 0 {
                let new = ledger.advance(through: number)
                #expect(new == (number > highest ? highest + 1..<number + 1 : number..<number))
                superseded.formUnion(new)
                continue
            }
            let expected: DeliveryLedger.Arrival =
                if seen.contains(number) || superseded.contains(number) {
                    .duplicate
                } else if number == highest + 1 {
                    .inOrder
                } else if number > highest {
                    .ahead(skipped: highest + 1..<number)
                } else {
                    .late
                }
            #expect(ledger.deliver(number) == expected, "seed \(seed)")
            seen.insert(number)
        }
    }
}
