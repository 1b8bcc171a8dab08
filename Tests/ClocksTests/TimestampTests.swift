import Clocks
import Testing

@Suite struct TimestampTests {
    @Test(
        "A time is written in RFC 3339 with nine decimals",
        arguments: [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (1, "1970-01-01T00:00:00.000000001Z"),
            // Before 1970 the fraction still counts forwards.
            (-1, "1969-12-31T23:59:59.999999999Z"),
            (1_700_000_000_123_456_789, "2023-11-14T22:13:20.123456789Z"),
            // A leap day, of a year that 100 and 400 divide, and the day after a century's 28 February without one.
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
            (-2_203_891_200_000_000_000, "1900-03-01T00:00:00.000000000Z"),
            (1_798_761_599_999_999_999, "2026-12-31T23:59:59.999999999Z"),
            // The ends of what 64 bits hold.
            (Int64.max, "2262-04-11T23:47:16.854775807Z"),
            (Int64.min, "1677-09-21T00:12:43.145224192Z"),
        ])
    func formats(_ nanoseconds: Int64, _ text: String) {
        #expect(Timestamp.string(nanoseconds) == text)
        #expect(text.utf8.count == Timestamp.length)
    }

    @Test(
        "Each form of RFC 3339 is read",
        arguments: [
            ("2023-11-14T22:13:20Z", 1_700_000_000_000_000_000),
            // Section 5.6: a fraction of any length, lower-case letters, and a zero offset.
            ("2023-11-14T22:13:20.5Z", 1_700_000_000_500_000_000),
            ("2023-11-14t22:13:20.000000001z", 1_700_000_000_000_000_001),
            ("2023-11-14T22:13:20+00:00", 1_700_000_000_000_000_000),
            // The local time is ahead of UTC by the offset, or behind it; section 4.3 has -00:00 for an unknown one.
            ("2023-11-15T03:43:20+05:30", 1_700_000_000_000_000_000),
            ("2023-11-14T14:13:20.5-08:00", 1_700_000_000_500_000_000),
            ("2023-11-14T22:13:20-00:00", 1_700_000_000_000_000_000),
            ("1970-01-01T00:30:00+01:00", -1_800_000_000_000),
            ("2023-11-15T22:12:20+23:59", 1_700_000_000_000_000_000),
            // A leap second is the first second of the next day, wherever it is told (section 5.8).
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
            ("1990-12-31T15:59:60-08:00", 662_688_000_000_000_000),
            ("2017-01-01T05:29:60.25+05:30", 1_483_228_800_250_000_000),
            // What is finer than a nanosecond is cut, not rounded.
            ("2023-11-14T22:13:20.123456789012Z", 1_700_000_000_123_456_789),
            ("2023-11-14T22:13:20.9999999999999Z", 1_700_000_000_999_999_999),
            ("2023-11-14T22:13:20.00000000000000000000000001Z", 1_700_000_000_000_000_000),
        ])
    func parses(_ text: String, _ nanoseconds: Int64) {
        #expect(Timestamp.parse(text.utf8) == nanoseconds)
    }

    @Test(
        "A text that is no time, or is out of range, is refused",
        arguments: [
            "", "2023", "2023-11-14", "2023-11-14 22:13:20Z", "2023-11-14T22:13:20", "2023-11-14T22:13:20+0100",
            "2023-11-14T22:13:20+1:00", "2023-11-14T22:13:20+24:00", "2023-11-14T22:13:20+01:60",
            "2023-11-14T22:13:20 01:00", "2023-11-14T22:13:20+01:00Z", "2023-11-14T22:13:20+01", "2023-11-14T22:13:20-",
            "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20.1234567890", "2023-11-14T22:13:20ZZ", "2023-11-14T22:13:20Z ",
            "2023-00-14T22:13:20Z", "2023-13-14T22:13:20Z", "2023-11-00T22:13:20Z", "2023-11-31T22:13:20Z",
            "2023-02-29T22:13:20Z", "2023-11-14T24:13:20Z", "2023-11-14T22:60:20Z", "2023-11-14T22:13:61Z",
            // Not at the end of a day in UTC.
            "2026-11-29T12:30:60Z", "2016-12-31T23:59:60+01:00", "2016-12-31T23:58:60Z",
            "+023-11-14T22:13:20Z", "2023-11-14T22:13:2٠Z",
            // Sound dates that nanoseconds in 64 bits cannot express.
            "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "2262-04-11T23:47:16.854775808Z",
        ])
    func refuses(_ text: String) {
        #expect(Timestamp.parse(text.utf8) == nil)
    }

    @Test("A time is read back as it was written") func readsBackWhatItWrites() {
        for step: Int64 in 0..<10_000 {
            // The golden ratio's multiples spread over all 64 bits.
            let nanoseconds = step &* 0x1E37_79B9_7F4A_7C15
            // At the lower end the whole second is out of range, though its fraction is not.
            guard nanoseconds >= .min + 1_000_000_000 else { continue }
            let text = Timestamp.string(nanoseconds)
            #expect(Timestamp.parse(text.utf8) == nanoseconds, "\(text)")
        }
    }
}
