import Clocks
import ExperimentModel
import LoadGeneration
import OrderUpdates
import Testing
import TransportCore

@Suite struct SessionLogTests {
    private static func at(_ nanoseconds: Int64) -> MonotonicInstant { MonotonicInstant(nanoseconds: nanoseconds) }
    private static func p(_ offset: UInt64, epoch: UInt64 = 1) -> StreamPosition {
        StreamPosition(epoch: epoch, offset: offset)
    }

    /// Connected at 30, with the state at offset 3.
    private static func open() -> SessionLog {
        var log = SessionLog(judgesWire: true)
        log.attempts(at(10))
        log.connected(at(20))
        log.opened(at(30), published: [])
        log.note(.snapshot(p(3)), isShown: true, at(40))
        return log
    }

    @Test("The phases of the first connection are timed") func timesTheFirstConnection() {
        let first = Self.open().record.first
        #expect([first.began, first.connected, first.opened, first.whole] == [10, 20, 30, 40])
    }

    @Test("Up to what was published when it opened everything is replay, and the last of it makes the connection whole")
    func tellsReplayFromLive() throws {
        var log = Self.open()
        let wasOpen = log.ended(Self.at(50), .ended)
        #expect(wasOpen)
        log.attempts(Self.at(60))
        let attemptWasOpen = log.ended(Self.at(61), .refused(status: 503, retryAfter: nil))
        #expect(!attemptWasOpen)
        log.attempts(Self.at(70))
        log.connected(Self.at(71))
        log.opened(Self.at(72), published: [Self.p(5)])
        for (offset, time) in [(4, 80), (5, 81), (6, 82)] as [(UInt64, Int64)] {
            log.note(.update(Self.p(offset)), isShown: true, Self.at(time))
        }
        let record = log.record(ends: [NodePosition(node: 0, position: Self.p(6))])
        let interruption = try #require(record.interruptions.first)
        #expect(record.interruptions.count == 1)
        #expect(interruption.attempts == [60, 70] && interruption.failures.map(\.cause) == ["503"])
        #expect(interruption.lost == 50 && interruption.back.began == 70 && interruption.back.whole == 81)
        #expect(record.ledger.replayed == 2 && record.ledger.live == 1 && record.ledger.expected == 3)
    }

    @Test("A connection that has nothing to replay is whole once it is open")
    func isWholeWithoutReplay() throws {
        var log = Self.open()
        _ = log.ended(Self.at(50), .ended)
        log.attempts(Self.at(60))
        log.opened(Self.at(70), published: [Self.p(3)])
        #expect(try #require(log.record.interruptions.first).back.whole == 70)
    }

    @Test("A session has caught up once it is connected and has seen what was there at the repair")
    func catchesUp() {
        var log = Self.open()
        log.repaired(45)
        let tooEarly = log.catchesUp(Self.at(45), with: [Self.p(4)])
        #expect(!tooEarly)
        _ = log.ended(Self.at(50), .ended)
        log.attempts(Self.at(60))
        log.opened(Self.at(70), published: [Self.p(4)])
        let onceOpen = log.catchesUp(Self.at(70), with: [Self.p(4)])
        #expect(!onceOpen)
        log.note(.update(Self.p(4)), isShown: true, Self.at(80))
        let onceSeen = log.catchesUp(Self.at(80), with: [Self.p(4)])
        #expect(onceSeen)
        let again = log.catchesUp(Self.at(90), with: [Self.p(4)])
        #expect(!again)
        #expect(log.record.caughtUpAt == 80)
    }

    @Test("What a session seemed to have on a dead connection does not count once it knows")
    func takesBackWhatItSeemedToHave() {
        var log = Self.open()
        log.repaired(45)
        let seemingly = log.catchesUp(Self.at(46), with: [Self.p(3)])
        #expect(seemingly)
        let wasOpen = log.ended(Self.at(50), .ended)
        #expect(wasOpen)
        #expect(log.record.caughtUpAt == nil)
    }

    @Test("Of an epoch that is still to come nothing is covered, and one that was left is done with")
    func knowsEpochs() {
        var log = Self.open()
        log.repaired(45)
        // The server came back without its history, and the session has not heard of it.
        let unheard = log.catchesUp(Self.at(46), with: [Self.p(1, epoch: 2)])
        #expect(!unheard)
        log.positionLost()
        log.note(.snapshot(Self.p(2, epoch: 2)), isShown: true, Self.at(50))
        let afterwards = log.catchesUp(Self.at(50), with: [Self.p(1, epoch: 2)])
        #expect(afterwards)
        #expect(log.hasSeen([Self.p(900)]))
        #expect(!log.hasSeen([Self.p(3, epoch: 2)]))
    }

    @Test("Of several nodes the one counts that the session is at")
    func knowsNodes() {
        var log = Self.open()
        let goal = [Self.p(3), Self.p(9, epoch: 2)]
        #expect(log.hasSeen(goal))
        _ = log.ended(Self.at(50), .ended)
        log.attempts(Self.at(60))
        log.opened(Self.at(70), published: goal)
        log.positionLost()
        log.note(.snapshot(Self.p(8, epoch: 2)), isShown: true, Self.at(80))
        #expect(!log.hasSeen(goal))
        log.note(.update(Self.p(9, epoch: 2)), isShown: true, Self.at(90))
        #expect(log.hasSeen(goal))
        let record = log.record(ends: goal.enumerated().map { NodePosition(node: $0.offset, position: $0.element) })
        #expect(record.nodes == [0, 1])
        #expect(record.ledger.silentlyLost == 0)
    }

    @Test("The end that its owner makes is no interruption")
    func leavesItsOwnEndOut() {
        var log = Self.open()
        log.isClosing = true
        let isInterruption = log.ended(Self.at(50), .byClient)
        #expect(!isInterruption)
        log.stopped("by-owner")
        #expect(log.record.interruptions.isEmpty && log.record.stop == nil)
    }
}
