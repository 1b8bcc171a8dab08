import ExperimentModel
import ReconnectionStudy
import Testing
import TransportCore

@Suite struct LedgerGateTests {
    private static func ledger(_ change: (inout SessionLedgerSummary) -> Void) -> SessionLedgerSummary {
        var ledger = SessionLedgerSummary(expected: 10, live: 6, replayed: 4)
        change(&ledger)
        return ledger
    }

    @Test("A ledger that adds up passes under every strategy", arguments: RecoveryStrategy.allCases)
    func passes(_ recovery: RecoveryStrategy) {
        #expect(LedgerGate.rejection(to: Self.ledger { _ in }, recovery) == nil)
        let declared = Self.ledger { ($0.live, $0.declaredLost, $0.undelivered) = (3, 2, 1) }
        #expect(LedgerGate.rejection(to: declared, recovery) == nil)
    }

    @Test("An update that was lost without a word is never sound", arguments: RecoveryStrategy.allCases)
    func catchesSilentLoss(_ recovery: RecoveryStrategy) throws {
        let broken = Self.ledger { ($0.live, $0.silentlyLost) = (5, 1) }
        #expect(try #require(LedgerGate.rejection(to: broken, recovery)).contains("1 updates were lost without a word"))
    }

    @Test(
        "A repetition or another order breaks what resuming promises, and nothing else",
        arguments: RecoveryStrategy.allCases)
    func catchesRepetition(_ recovery: RecoveryStrategy) {
        let twice = Self.ledger { $0.duplicated = 1 }
        let mixed = Self.ledger { $0.reordered = 1 }
        #expect((LedgerGate.rejection(to: twice, recovery) != nil) == recovery.resumes)
        #expect((LedgerGate.rejection(to: mixed, recovery) != nil) == recovery.resumes)
    }

    @Test("What does not add up is caught")
    func catchesBadSums() {
        #expect(LedgerGate.rejection(to: Self.ledger { $0.expected = 11 }, .snapshot) != nil)
    }
}
