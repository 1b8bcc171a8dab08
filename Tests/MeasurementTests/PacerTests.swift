import Clocks
import Measurement
import SeededRandomness
import Testing

@Suite struct PacerTests {
    static let start = MonotonicInstant(nanoseconds: 123_456_789)

    @Test(
        "Publications follow the rate without drift",
        arguments: [(10.0, 1), (1_000.0, 16), (3.0, 1), (99_999.9, 7), (0.5, 2)])
    func spreadsTheRateWithoutDrift(rate: Double, burst: Int) throws {
        var pacer = Pacer(start: Self.start, updatesPerSecond: rate, burst: burst)
        let farAway = Self.start.advanced(by: .seconds(1_000_000))
        for index in 0..<5_000 {
            let taken = pacer.take(at: farAway)
            let publication = try #require(taken)
            #expect(publication.index == index)
            let exact = Double(index) * Double(burst) / rate * 1e9
            #expect(abs(Double(publication.intended.nanoseconds - Self.start.nanoseconds) - exact) <= 1)
        }
    }

    @Test(
        "A publisher that looks late and irregularly gets the schedule of a punctual one",
        arguments: [Pacer.Arrivals.constant, .poisson(seed: 42)], UInt64(0)..<20)
    func neverSkipsAndNeverMoves(arrivals: Pacer.Arrivals, seed: UInt64) {
        func pacer() -> Pacer { Pacer(start: Self.start, updatesPerSecond: 700, burst: 3, arrivals: arrivals) }
        var punctual = pacer()
        var expected: [Pacer.Publication] = []
        while let next = punctual.next, expected.count < 400, let publication = punctual.take(at: next) {
            expected.append(publication)
        }
        #expect(expected.count == 400)

        var generator = SeededGenerator(seed: seed)
        var late = pacer()
        var seen: [Pacer.Publication] = []
        var now = Self.start
        while seen.count < 400 {
            // Between no time at all and a stall of a hundred publications.
            now = now.advanced(by: .nanoseconds(Int64(generator.next(below: 1 << (2 + generator.next(below: 28))))))
            while seen.count < 400, let publication = late.take(at: now) {
                #expect(publication.intended <= now)
                seen.append(publication)
            }
            if let next = late.next, seen.count < 400 { #expect(next > now) }
        }
        #expect(seen == expected)
    }

    @Test("A publication is not due before its time") func isNotDueEarly() {
        var pacer = Pacer(start: Self.start, updatesPerSecond: 1_000)
        let early = pacer.take(at: Self.start.advanced(by: .nanoseconds(-1)))
        #expect(early == nil)
        let first = pacer.take(at: Self.start)
        #expect(first?.index == 0)
        let second = pacer.take(at: Self.start.advanced(by: .nanoseconds(999_999)))
        #expect(second == nil)
        #expect(pacer.next == Self.start.advanced(by: .milliseconds(1)))
    }

    @Test("The gaps between Poisson arrivals are exponential") func poissonGapsAreExponential() throws {
        var pacer = Pacer(start: Self.start, updatesPerSecond: 1_000, arrivals: .poisson(seed: 11))
        var gaps: [Double] = []
        var last = Self.start
        while gaps.count < 20_000, let next = pacer.next, pacer.take(at: next) != nil {
            gaps.append(Double(next.nanoseconds - last.nanoseconds))
            last = next
        }
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        #expect(abs(mean / 1e6 - 1) < 0.03)
        // The median of exponential gaps is ln 2 of their mean, and their standard deviation equals it.
        #expect(abs((try #require(Quantiles(gaps).median)) / 1e6 - 0.693) < 0.03)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
        #expect(abs(variance.squareRoot() / mean - 1) < 0.05)
    }

    @Test("Without a rate nothing is due") func withoutARateNothingIsDue() {
        var pacer = Pacer(start: Self.start, updatesPerSecond: 0)
        #expect(pacer.next == nil)
        let publication = pacer.take(at: MonotonicInstant(nanoseconds: .max))
        #expect(publication == nil)
    }
}
