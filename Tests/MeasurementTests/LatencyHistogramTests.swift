import Clocks
import Measurement
import SeededRandomness
import Testing

@Suite struct LatencyHistogramTests {
    @Test("A value is kept with three significant digits") func keepsThreeSignificantDigits() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<300 {
            let value = Int64(generator.next() >> UInt64(24 + generator.next(below: 39)))
            guard value <= LatencyHistogram.largestNanoseconds else { continue }
            var histogram = LatencyHistogram()
            histogram.record(nanoseconds: value)
            let exported = histogram.sparse.entries[0].value
            #expect(exported >= value)
            #expect(Double(exported - value) <= Double(value) / 1000)
        }
    }

    @Test("Export and import lose nothing") func exportAndImportAreLossless() {
        var generator = SeededGenerator(seed: 2)
        var histogram = LatencyHistogram()
        for _ in 0..<10_000 { histogram.record(nanoseconds: Int64(generator.next(below: 50_000_000))) }
        let copy = LatencyHistogram(histogram.sparse)
        #expect(copy.sparse == histogram.sparse)
        #expect(copy.count == 10_000)
    }

    @Test("Merged histograms equal one that recorded everything") func mergingEqualsRecordingInOne() {
        var generator = SeededGenerator(seed: 3)
        var parts = [LatencyHistogram(), LatencyHistogram(), LatencyHistogram()]
        var whole = LatencyHistogram()
        for _ in 0..<5_000 {
            let value = Int64(generator.next(below: 1_000_000_000))
            parts[generator.next(below: 3)].record(nanoseconds: value)
            whole.record(nanoseconds: value)
        }
        var merged = parts[0]
        merged.merge(parts[1])
        merged.merge(parts[2])
        #expect(merged.sparse == whole.sparse)
        #expect(parts[0].sparse.merged(with: parts[1].sparse).merged(with: parts[2].sparse) == whole.sparse)
    }

    @Test("Quantiles agree with those of the export") func quantilesAgreeWithTheExport() {
        var generator = SeededGenerator(seed: 4)
        var histogram = LatencyHistogram()
        for _ in 0..<1_001 { histogram.record(nanoseconds: 1 + Int64(generator.next(below: 2_000))) }
        for quantile in [0.01, 0.25, 0.5, 0.9, 0.99, 0.999] {
            #expect(histogram.quantile(quantile) == histogram.sparse.quantile(quantile))
        }
    }

    @Test("A latency counts from the intended time") func countsFromTheIntendedTime() {
        var histogram = LatencyHistogram()
        let intended = MonotonicInstant(nanoseconds: 1_000_000)
        histogram.record(intended: intended, delivered: intended.advanced(by: .microseconds(1)))
        #expect(histogram.quantile(0.5) == 1_000)
    }

    @Test("A negative and an enormous value are clamped, and counted") func clampsWhatNoTrialCanSee() {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: -5)
        histogram.record(nanoseconds: .max)
        #expect(histogram.count == 2)
        #expect(histogram.negativeCount == 1)
        #expect((histogram.largest ?? 0) >= LatencyHistogram.largestNanoseconds)
    }

    @Test("A histogram that is empty, or was reset, has no values") func emptyHasNoQuantiles() {
        var histogram = LatencyHistogram()
        #expect(histogram.quantile(0.5) == nil)
        #expect(histogram.largest == nil)
        #expect(histogram.sparse.isEmpty)
        histogram.record(nanoseconds: 7)
        histogram.reset()
        #expect(histogram.count == 0)
    }
}
