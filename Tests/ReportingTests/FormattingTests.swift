import Reporting
import Testing

@Suite struct FormattingTests {
    @Test(
        "A figure is written in the unit that fits it, with about three digits",
        arguments: [
            (Unit.nanoseconds, 0.0, "0 ns"),
            (.nanoseconds, 12, "12.0 ns"),
            (.nanoseconds, 999.4, "999 ns"),
            // Rounds up to the next unit, never to 1000 of the smaller one.
            (.nanoseconds, 999_700, "1.00 ms"),
            (.nanoseconds, 1_234_567, "1.23 ms"),
            (.nanoseconds, 61_500_000_000, "61.5 s"),
            (.nanoseconds, 4_000_000_000_000, "4,000 s"),
            (.nanoseconds, .infinity, "not reached"),
            (.nanoseconds, .nan, "–"),
            (.bytes, 268, "268 B"),
            (.bytes, 1536, "1.50 KiB"),
            (.bytes, -2048, "-2.00 KiB"),
            (.bytes, 5e9, "4.66 GiB"),
            (.count, 0.0123, "0.0123"),
            (.count, 12_346, "12,346"),
            (.fraction, 0.05, "5 %"),
            (.fraction, 0.0512, "5.1 %"),
            (.fraction, 0.972, "97 %"),
        ] as [(Unit, Double, String)])
    func figures(unit: Unit, value: Double, text: String) {
        #expect(unit.text(value) == text)
    }

    @Test(
        "An interval names a unit once where its ends share it",
        arguments: [
            (1_200_000.0...1_350_000, "1.20 to 1.35 ms"),
            // Units that differ both stand.
            (936_000...1_040_000, "936 µs to 1.04 ms"),
            // An end that adds nothing is left out.
            (268_000...268_001, "268 µs"),
            (1_200_000...(.infinity), "1.20 ms to not reached"),
            (.infinity...(.infinity), "not reached"),
        ] as [(ClosedRange<Double>, String)])
    func intervals(interval: ClosedRange<Double>, text: String) {
        #expect(Unit.nanoseconds.text(interval) == text)
    }
}
