import Clocks
import Testing

@Suite struct ManualClockTests {
    @Test("A manual clock stands still until it is advanced") func standsStillUntilAdvanced() {
        let clock = ManualClock(start: MonotonicInstant(nanoseconds: 5), unixNanoseconds: 1_000)
        #expect(clock.now.nanoseconds == 5)
        #expect(clock.unixNanoseconds == 1_000)

        clock.advance(by: .nanoseconds(7))
        clock.advance(by: .milliseconds(1))
        #expect(clock.now.nanoseconds == 1_000_012)
        #expect(clock.unixNanoseconds == 1_001_007)
    }

    @Test("A manual clock can be advanced from several threads") func advancesFromSeveralThreads() async {
        let clock = ManualClock()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<1_000 { clock.advance(by: .nanoseconds(1)) } }
            }
        }
        #expect(clock.now.nanoseconds == 4_000)
    }
}
