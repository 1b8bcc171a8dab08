import ExperimentModel
import LoadGeneration
import SeededRandomness
import Testing

@Suite struct StalenessMeterTests {
    @Test("A view without updates is fresh, and a window of no length has no figure") func nothingIsFresh() {
        let summary = StalenessMeter().summary(viewNanoseconds: 1e9)
        #expect(summary?.mean == 0)
        #expect(summary?.p99 == 0)
        #expect(StalenessMeter().summary(viewNanoseconds: 0) == nil)
    }

    /// A view that ages from 0 to 100 ms in the first tenth of a second: half of that for a tenth of the time.
    @Test("A view that ages for a part of the time has the mean and the p99 of the whole time") func oneRamp() throws {
        var meter = StalenessMeter()
        meter.record(from: 0, to: 100_000_000)
        let summary = try #require(meter.summary(viewNanoseconds: 1e9))
        #expect(abs(summary.mean - 5_000_000) < 1)
        // Above 90 ms for 1 % of the second.
        #expect(abs(Double(summary.p99) - 90_000_000) < 1_000_000)
    }

    /// A poller of 5 s whose order changes all the time: uniformly 0 to 5 s old.
    @Test("The view of a 5 s poller is 2.5 s old on average") func aSteadyPoller() throws {
        var meter = StalenessMeter()
        for _ in 0..<100 { meter.record(from: 0, to: 5_000_000_000) }
        let summary = try #require(meter.summary(viewNanoseconds: 500e9))
        #expect(abs(summary.mean - 2.5e9) < 1e6)
        #expect(abs(Double(summary.p99) - 4.95e9) < 0.05e9)
    }

    @Test("Extreme times do not trap") func extremesDoNotTrap() throws {
        var meter = StalenessMeter()
        meter.record(from: -5, to: 1)
        meter.record(from: 7, to: 7)
        meter.record(from: 9, to: 3)
        meter.record(from: 0, to: .max)
        #expect(try #require(meter.summary(viewNanoseconds: 1e18)).mean > 0)
    }

    @Test("The meter agrees with samples at every microsecond", arguments: 0..<20)
    func agreesWithSampling(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var meter = StalenessMeter()
        var ages: [Double] = []
        let window = 20_000
        var time = 0
        while time < window {
            let fresh = min(generator.next(below: 300), window - time)
            ages += Array(repeating: 0, count: fresh)
            time += fresh
            let start = generator.next(below: 50)
            let length = min(1 + generator.next(below: 2_000), window - time)
            guard length > 0 else { break }
            meter.record(from: Int64(start) * 1_000, to: Int64(start + length) * 1_000)
            ages += (0..<length).map { (Double(start + $0) + 0.5) * 1_000 }
            time += length
        }
        let summary = try #require(meter.summary(viewNanoseconds: Double(window) * 1_000))
        let mean = ages.reduce(0, +) / Double(window)
        let p99 = ages.sorted()[window * 99 / 100]
        #expect(abs(summary.mean - mean) <= mean * 0.001, "seed \(seed)")
        #expect(abs(Double(summary.p99) - p99) <= p99 * 0.01 + 2_000, "seed \(seed)")
    }
}
