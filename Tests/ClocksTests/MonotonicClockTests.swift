import Clocks
import Testing

@Suite struct MonotonicClockTests {
    @Test("The monotonic clock does not run backwards") func neverRunsBackwards() {
        let clock = MonotonicClock()
        var last = clock.now
        for _ in 0..<10_000 {
            let now = clock.now
            #expect(now >= last)
            last = now
        }
    }

    @Test("Instants and durations agree, and what does not fit saturates") func instantsAndDurationsAgree() {
        let start = MonotonicInstant(nanoseconds: 100)
        #expect(start.advanced(by: .microseconds(2)).nanoseconds == 2_100)
        #expect(start.duration(to: MonotonicInstant(nanoseconds: 40)) == .nanoseconds(-60))
        #expect(Duration.milliseconds(1_500).seconds == 1.5)
        // Attoseconds below a nanosecond are cut off, and what does not fit saturates.
        #expect(Duration(secondsComponent: 1, attosecondsComponent: 1_999_999_999).nanoseconds == 1_000_000_001)
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.seconds(Int64.min).nanoseconds == .min)
    }
}
