import ExperimentModel
import LoadGeneration
import ReconnectionStudy
import Testing
import TransportCore

@Suite struct SessionFiguresTests {
    private static let times = FaultRun.Times(began: 1_000, repaired: 2_000)

    private static func record(
        lost: Int64 = 1_100, attempts: [Int64] = [1_500, 2_400],
        back: (Int64, Int64, Int64, Int64)? = (2_400, 2_410, 2_430, 2_440),
        cause: String = "ended", failures: [SessionRecord.Failure] = []
    ) -> SessionRecord {
        var record = SessionRecord()
        (record.first.began, record.first.connected, record.first.opened, record.first.whole) = (0, 10, 20, 30)
        var interruption = SessionRecord.Interruption(lost: lost, cause: cause, isClean: false)
        interruption.attempts = attempts
        interruption.failures = failures
        if let back {
            (interruption.back.began, interruption.back.connected) = (back.0, back.1)
            (interruption.back.opened, interruption.back.whole) = (back.2, back.3)
            record.caughtUpAt = back.3
        }
        record.interruptions = [interruption]
        return record
    }

    @Test("An interruption is timed by its phases, and compared with a first connection")
    func takesPhasesApart() throws {
        let figures = SessionMetrics([Self.record()], Self.times)
        let phases = figures.phases
        #expect(figures.interrupted == 1)
        #expect(phases.detectClient?.max == 100 && phases.wait?.max == 1_300 && phases.connect?.max == 10)
        #expect(phases.authenticate?.max == 20 && phases.replay?.max == 10 && phases.caughtUp?.max == 440)
        // The rest of the wait was 400, and the first connection took 30.
        #expect(abs(try #require(phases.caughtUpRatio).p50 - 440.0 / 430.0) < 1e-9)
    }

    @Test("What never came back is censored, not left out")
    func censors() {
        let figures = SessionMetrics([Self.record(), Self.record(back: nil)], Self.times)
        #expect(figures.phases.wait?.count == 1 && figures.phases.wait?.censored == 1)
        #expect(figures.phases.caughtUp?.censored == 1 && figures.phases.detectClient?.count == 2)
    }

    @Test("An interruption before the fault is not the fault's")
    func leavesEarlierOut() {
        #expect(SessionMetrics([Self.record(lost: 900)], Self.times).interrupted == 0)
    }

    @Test(
        "Whether a cause is final is the model's to say",
        arguments: [
            ("404", true, true), ("503", false, true), ("204", true, true), ("429", false, true),
            ("1012 draining", false, false), ("1008 policy-violation", true, false),
            ("4004 unknown-order", true, false),
        ])
    func knowsWhatIsFinal(_ cause: String, _ fetch: Bool, _ eventSource: Bool) throws {
        let figures = SessionMetrics([Self.record(cause: cause)], Self.times)
        #expect(try #require(figures.stops(isEventSource: false).first).mustStop == fetch)
        #expect(try #require(figures.stops(isEventSource: true).first).mustStop == eventSource)
    }

    @Test("What clients saw is counted by cause, and the time without a stream ends with the acceptance")
    func countsCauses() {
        let refusals = ["503", "failed", "503"].map { SessionRecord.Failure(at: 1_500, cause: $0) }
        let figures = SessionMetrics([Self.record(failures: refusals), Self.record(lost: 900)], Self.times)
        #expect(
            figures.causes == [
                .init(cause: "503", ended: 0, failed: 2), .init(cause: "ended", ended: 1, failed: 0),
                .init(cause: "failed", ended: 0, failed: 1),
            ])
        #expect(figures.phases.away?.max == 1_330)
    }

    @Test("A session has moved if it ends at another node")
    func tellsNodes() throws {
        let records = [[0], [0, 1], [1], [0, 0]].map { nodes in
            var record = Self.record()
            record.nodes = nodes
            record.counters.positionsLost = Int32(nodes.count - 1)
            return record
        }
        let figures = SessionMetrics(records, Self.times)
        #expect(figures.nodes(1) == nil)
        #expect(figures.nodes(2) == .init(before: [3, 1], after: [2, 2], moved: 1, movedAndTold: 1))
    }

    @Test("What a fault adds to memory is its slope less the slope before")
    func fitsMemory() throws {
        let samples = (-10...20).map { place in
            let seconds = Double(place) / 10
            return ReconnectionSummary.Harm.MemorySample(
                seconds: seconds, bytes: 1_000_000 + Int64(1_000 * seconds) + (place > 0 ? Int64(4_000 * seconds) : 0))
        }
        let slopes = MemorySlopes(samples)
        let (before, since, added) = (
            try #require(slopes.before), try #require(slopes.since), try #require(slopes.added)
        )
        #expect(abs(before - 1_000) < 1 && abs(since - 5_000) < 1 && abs(added - 4_000) < 2)
        #expect(MemorySlopes([]).added == nil)
    }

    @Test("A storm is binned from the cut on")
    func binsStorms() {
        let second: Int64 = 1_000_000_000
        let records = (3...12).map { number in
            let back = second * Int64(number)
            return Self.record(
                lost: second, attempts: [second * 2, back], back: (0, 0, back, 0),
                failures: [SessionRecord.Failure(at: second * 2, cause: "503")])
        }
        var dead = Self.record(lost: second, attempts: [second * 2], back: nil)
        dead.stop = "status 503"
        #expect(StormMetrics(records + [dead], cutAt: second).curve.stopped == 1)
        let curve = StormMetrics(records, cutAt: second).curve
        #expect(curve.stopped == 0)
        #expect(curve.attempts.reduce(0, +) == 20 && curve.refused[10] == 10 && curve.back[20] == 1)
        #expect(curve.secondsUntil50 == 6 && curve.secondsUntil90 == 10 && curve.secondsUntilAll == 11)
    }
}
