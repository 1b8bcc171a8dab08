import OrderUpdates
import Testing
import TransportCore

@Suite struct SessionLedgerTests {
    @Test("What comes in order is live, or replayed; what has not come is outstanding")
    func countsInOrder() {
        var ledger = SessionLedger()
        ledger.snapshot(at(3), isRefetch: false)
        ledger.update(at(4), isReplay: false)
        ledger.update(at(5), isReplay: true)
        ledger.update(at(6), isReplay: true)
        var expected = SessionLedger.Counts()
        expected.live = 1
        expected.replayed = 2
        #expect(ledger.counts(publishedThrough: [at(6)]) == expected)
        expected.outstanding = 2
        #expect(ledger.counts(publishedThrough: [at(8)]) == expected)
        #expect(expected.total == 5)
    }

    @Test("A gap is lost in silence until it is filled, and then out of order")
    func countsGaps() {
        var ledger = SessionLedger(from: at(1))
        ledger.update(at(6), isReplay: false)
        #expect(ledger.counts(publishedThrough: [at(6)]).silentlyLost == 4)
        for offset: UInt64 in [4, 2, 5] { ledger.update(at(offset), isReplay: false) }
        var expected = SessionLedger.Counts()
        expected.live = 1
        expected.reordered = 3
        expected.silentlyLost = 1
        #expect(ledger.counts(publishedThrough: [at(6)]) == expected)
        ledger.update(at(4), isReplay: true)
        ledger.update(at(6), isReplay: true)
        expected.duplicated = 2
        #expect(ledger.counts(publishedThrough: [at(6)]) == expected)
    }

    @Test("A declared loss ends with its snapshot, which shows the latest")
    func countsDeclaredLosses() {
        var ledger = SessionLedger(from: at(1))
        ledger.positionLost()
        ledger.snapshot(at(5), isRefetch: false)
        ledger.update(at(7), isReplay: false)
        let counts = ledger.counts(publishedThrough: [at(7)])
        #expect(counts.declaredLost == 3 && counts.snapshot == 1 && counts.positionsLost == 1)
        #expect(counts.silentlyLost == 1, "the declaration covers nothing after its snapshot")
        #expect(counts.total == 6)
    }

    @Test("Offsets of any size are counted up to a bound, and need no memory")
    func boundsGaps() {
        let most = UInt64.max
        var ledger = SessionLedger()
        ledger.snapshot(at(0), isRefetch: false)
        ledger.update(at(most - 1), isReplay: false)
        ledger.update(at(most), isReplay: false)
        ledger.update(at(most / 2), isReplay: false)
        var counts = ledger.counts(publishedThrough: [at(most)])
        #expect(counts.live == 2 && counts.reordered == 1)
        #expect(counts.silentlyLost == 1 << 40 && counts.total == 1 << 40)
        ledger.positionLost()
        ledger.snapshot(at(0), isRefetch: false)
        ledger.snapshot(at(most), isRefetch: true)
        counts = ledger.counts(publishedThrough: [at(most), at(most, epoch: 9)])
        #expect(counts.refetched == 1 << 40)
        ledger.update(at(3, epoch: 9), isReplay: false)
        #expect(ledger.counts(publishedThrough: [at(most), at(most, epoch: 9)]).outstanding == 1 << 40)
    }

    @Test("A state covers what it supersedes, but not a gap that was shown before it")
    func countsCoverage() {
        var ledger = SessionLedger(from: at(1))
        ledger.snapshot(at(4), isRefetch: true)
        ledger.snapshot(at(6), isRefetch: false)
        ledger.update(at(9), isReplay: false)
        ledger.snapshot(at(12), isRefetch: true)
        let counts = ledger.counts(publishedThrough: [at(12)])
        #expect(counts.refetched == 6 && counts.snapshot == 2 && counts.live == 1 && counts.silentlyLost == 2)
    }

    @Test("A state behind the one before is a regression, unless a loss was declared")
    func countsRegressions() {
        var ledger = SessionLedger(from: at(5))
        ledger.snapshot(at(3), isRefetch: true)
        #expect(ledger.counts(publishedThrough: [at(3)]).regressions == 1)
        var declared = SessionLedger(from: at(5))
        declared.positionLost()
        declared.snapshot(at(3), isRefetch: false)
        #expect(declared.counts(publishedThrough: [at(3)]).regressions == 0)
    }

    @Test("The rest of an epoch that has ended is covered, declared, or lost in silence")
    func countsPastEpochs() {
        let ends = [at(9), at(4, epoch: 8)]
        var silent = SessionLedger(from: at(7))
        silent.update(at(4, epoch: 8), isReplay: false)
        #expect(silent.counts(publishedThrough: ends).silentlyLost == 2 + 3)

        var declared = SessionLedger(from: at(7))
        declared.positionLost()
        declared.snapshot(at(4, epoch: 8), isRefetch: false)
        let counts = declared.counts(publishedThrough: ends)
        #expect(counts.declaredLost == 2 + 3 && counts.snapshot == 1 && counts.silentlyLost == 0)

        var covered = SessionLedger(from: at(7))
        covered.snapshot(at(4, epoch: 8), isRefetch: true)
        #expect(covered.counts(publishedThrough: ends).refetched == 2 + 4)
        for ledger in [silent, declared, covered] { #expect(ledger.counts(publishedThrough: ends).total == 6) }
    }
}
