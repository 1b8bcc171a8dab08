import FaultInjection
import NIOCore
import SeededRandomness
import Testing

/// When bytes go on, in virtual time.
@Suite struct PaceTests {
    private static func at(_ milliseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(0) + .milliseconds(milliseconds + 1_000)
    }

    @Test("Latency delays what comes at any time by the same time")
    func latency() {
        var pace = LatencyFault.Pace(delay: .milliseconds(100))
        for time: Int64 in [0, 1, 1, 50] {
            let (count, due) = pace.next(10, since: Self.at(time))
            #expect(count == 10 && due == Self.at(time + 100))
        }
        // A FIN too.
        #expect(pace.next(0, since: Self.at(60)).due == Self.at(160))
    }

    @Test("Jitter delays by different times up to the maximum, follows from the seed, and keeps the order")
    func jitter() {
        func dues(seed: UInt64) -> [NIODeadline] {
            var pace = JitterFault.Pace(maximum: 100, random: SeededGenerator(seed: seed))
            return (0..<200).map { pace.next(1, since: Self.at($0 * 10)).due }
        }
        let first = dues(seed: 1)
        #expect(first == dues(seed: 1))
        #expect(first != dues(seed: 2))
        #expect(first == first.sorted())
        let delays = first.enumerated().map { ($0.element - Self.at(Int64($0.offset) * 10)).nanoseconds }
        #expect(delays.allSatisfy { (0...100_000_000).contains($0) })
        #expect(Set(delays).count > 100)
    }

    @Test("Bandwidth takes the time that bytes take, also for those that queue, and not for pauses")
    func bandwidth() {
        var pace = BandwidthFault.Pace(bytesPerSecond: 1_000)
        // In pieces of 20 ms, one after the other.
        for piece: Int64 in 1...5 {
            let (count, due) = pace.next(100, since: Self.at(0))
            #expect(count == 20 && due == Self.at(piece * 20))
        }
        let (count, due) = pace.next(5, since: Self.at(500))
        #expect(count == 5 && due == Self.at(505))
        // A FIN takes none.
        #expect(pace.next(0, since: Self.at(500)).due == Self.at(505))
    }

    @Test("Slices have their size, and a pause between them")
    func slicing() {
        var pace = SlicingFault.Pace(size: 7, pause: .milliseconds(2))
        #expect(pace.next(16, since: Self.at(0)) == (7, Self.at(0)))
        #expect(pace.next(9, since: Self.at(0)) == (7, Self.at(2)))
        #expect(pace.next(2, since: Self.at(0)) == (2, Self.at(4)))
        #expect(pace.next(3, since: Self.at(50)) == (3, Self.at(50)))
    }
}
