import Clocks
import OrderUpdates
import Testing
import TransportCore

/// How long a session waits.
@Suite struct SessionWaitTests {
    /// The waits of a session whose attempts all fail.
    private func waits(_ bench: inout SessionBench, _ count: Int, cause: ClosedCause = .failed("refused")) -> [Duration]
    {
        if bench.machine.counters.attempts == 0 { bench.put(.start) }
        return (0..<count).map { _ in
            bench.put(.closed(cause))
            defer { bench.awaitTimer() }
            return bench.wait!
        }
    }

    @Test("Without jitter waits double up to the maximum")
    func doubles() {
        var bench = SessionBench("exponential")
        #expect(waits(&bench, 7) == [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
    }

    @Test("Full jitter draws from 0 to what would be waited without, evenly")
    func jittersFully() {
        let ceilings: [Double] = [1, 2, 4, 8, 16, 30, 30]
        var sums = Array(repeating: 0.0, count: ceilings.count)
        var highest = sums
        for seed: UInt64 in 0..<2_000 {
            var bench = SessionBench(.named("full-jitter")!, seed: seed)
            for (index, wait) in waits(&bench, ceilings.count).enumerated() {
                #expect(wait >= .zero && wait.seconds <= ceilings[index])
                sums[index] += wait.seconds / ceilings[index]
                highest[index] = max(highest[index], wait.seconds / ceilings[index])
            }
        }
        // Of 2,000 draws the mean's standard error is 0.0065.
        #expect(sums.allSatisfy { abs($0 / 2_000 - 0.5) < 0.03 })
        #expect(highest.allSatisfy { $0 > 0.99 })
    }

    @Test("Decorrelated jitter draws from the first wait to three times the last")
    func jittersDecorrelated() {
        var longest = Duration.zero
        for seed: UInt64 in 0..<500 {
            var bench = SessionBench(.named("decorrelated-jitter")!, seed: seed)
            var last = Duration.seconds(1)
            for wait in waits(&bench, 12) {
                #expect(wait >= .seconds(1) && wait <= min(.seconds(30), last * 3))
                last = wait
                longest = max(longest, wait)
            }
        }
        #expect(longest == .seconds(30), "the maximum is reached")
    }

    @Test("A connection that lasted begins the waits anew; one that did not goes on")
    func beginsAnew() {
        var bench = SessionBench("exponential")
        _ = waits(&bench, 3)
        bench.open()
        bench.put(.closed(.ended), after: .seconds(9))
        #expect(bench.wait == .seconds(8), "accepted and dropped, as a server does that is not well")
        bench.open()
        bench.put(.closed(.ended), after: .seconds(10))
        #expect(bench.wait == .seconds(1))
    }

    @Test("Without jitter the server's least wait and one's own overlap; with it they add up, so that clients spread")
    func keepsLeastWaits() {
        let busy = ClosedCause.refused(status: 503, retryAfter: 3)
        var bench = SessionBench("exponential")
        #expect(waits(&bench, 4, cause: busy) == [3, 3, 4, 8].map { .seconds($0) })
        let waited = (0..<200).map { (seed: UInt64) -> Duration in
            var bench = SessionBench(.named("full-jitter")!, seed: seed)
            return waits(&bench, 1, cause: busy)[0]
        }
        #expect(waited.allSatisfy { $0 >= .seconds(3) && $0 <= .seconds(4) })
        #expect(Set(waited).count == waited.count)

        var draining = SessionBench("exponential")
        draining.goLive(at: at(1))
        draining.put(.closed(.reason(.draining.after(milliseconds: 2_500))))
        #expect(draining.wait == .milliseconds(2_500))
    }

    @Test("A policy may leave the server's waits aside")
    func leavesLeastWaitsAside() {
        var bench = SessionBench("exponential") {
            $0.honoursRetryAfter = false
            $0.honoursCloseDelay = false
        }
        bench.put(.start)
        bench.put(.closed(.refused(status: 503, retryAfter: 60)))
        #expect(bench.wait == .seconds(1))
        bench.open()
        bench.put(.closed(.reason(.overloaded)))
        #expect(bench.wait == .seconds(2))
    }

    @Test("No number that a server sends makes a client wait longer than a day, or less than nothing")
    func boundsWhatServersAsk() {
        for count in [Int.max, Int.max / 1_000, 1 << 40] {
            var bench = SessionBench("full-jitter")
            bench.put(.start)
            bench.put(.closed(.refused(status: 503, retryAfter: count)))
            #expect(bench.wait! >= .seconds(86_400) && bench.wait! <= .seconds(86_401))
            bench.open()
            bench.put(.retry(milliseconds: count))
            bench.put(.closed(.reason(.draining.after(milliseconds: count))))
            #expect(bench.wait! >= .seconds(86_400) && bench.wait! <= .seconds(2 * 86_400))
        }
        for count in [Int.min, -1] {
            var bench = SessionBench("exponential")
            bench.put(.start)
            bench.put(.closed(.refused(status: 503, retryAfter: count)))
            #expect(bench.wait == .seconds(1))
            bench.open()
            bench.put(.retry(milliseconds: count))
            bench.put(.closed(.reason(.draining.after(milliseconds: count))))
            #expect(bench.wait! >= .zero && bench.wait! <= .seconds(2))
        }
    }

    @Test("`retry:` is the first wait of a backoff")
    func takesRetryForItsFirstWait() {
        var bench = SessionBench("exponential")
        bench.open()
        bench.put(.retry(milliseconds: 2_000))
        #expect(waits(&bench, 3) == [2, 4, 8].map { .seconds($0) })
    }

    @Test("No `retry:` takes a policy's backoff away: its own first wait is the floor", arguments: [0, 1, 200, -5])
    func keepsItsOwnBackoff(_ milliseconds: Int) {
        var bench = SessionBench("exponential")
        bench.open()
        bench.put(.retry(milliseconds: milliseconds))
        #expect(waits(&bench, 3) == [1, 2, 4].map { .seconds($0) })
        // A server that accepts, says so and closes: for half a minute, as the field had it for three seconds.
        for name in SessionPolicy.names {
            var bench = SessionBench(name)
            var waited = Duration.zero
            while waited < .seconds(30) {
                bench.open()
                bench.put(.retry(milliseconds: milliseconds))
                bench.put(.closed(.ended))
                waited += bench.wait ?? .zero
            }
            #expect(bench.machine.counters.attempts <= 61, "\(name)")
        }
    }
}
