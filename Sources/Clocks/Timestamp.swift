/// RFC 3339 time stamps in UTC with nanoseconds and a fixed width: `2026-11-23T05:07:23.123456789Z`.
///
/// The update's `timestamp` carries the intended time of publication in this form, so that a subscriber can compute
/// a delivery latency from the payload alone.
public enum Timestamp {
    /// Bytes of a formatted time stamp.
    public static let length = 30

    /// Appends the time stamp of `unixNanoseconds` (RFC 3339, section 5.6).
    public static func append(_ unixNanoseconds: Int64, to bytes: inout [UInt8]) {
        let (seconds, nanoseconds) = floorDivide(unixNanoseconds, 1_000_000_000)
        let (days, secondOfDay) = floorDivide(seconds, 86_400)
        let (year, month, day) = civil(fromDays: days)
        digits(year, 4, &bytes)
        bytes.append(UInt8(ascii: "-"))
        digits(month, 2, &bytes)
        bytes.append(UInt8(ascii: "-"))
        digits(day, 2, &bytes)
        bytes.append(UInt8(ascii: "T"))
        digits(secondOfDay / 3600, 2, &bytes)
        bytes.append(UInt8(ascii: ":"))
        digits(secondOfDay / 60 % 60, 2, &bytes)
        bytes.append(UInt8(ascii: ":"))
        digits(secondOfDay % 60, 2, &bytes)
        bytes.append(UInt8(ascii: "."))
        digits(nanoseconds, 9, &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    public static func string(_ unixNanoseconds: Int64) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        append(unixNanoseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The nanoseconds since 1970 of an RFC 3339 time stamp in UTC (`Z`) or with an offset from it; nil where the
    /// text is anything else, or exceeds the range of an `Int64`.
    ///
    /// Decimals beyond the ninth are cut. A second `60` is a leap second, which occurs only at 23:59 UTC (section
    /// 5.7), and counts as the first second of the next day.
    public static func parse(_ text: some Collection<UInt8>) -> Int64? {
        var rest = text[...]
        func number(_ count: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<count {
                guard let byte = rest.popFirst(), byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        func literal(_ accepted: UInt8...) -> Bool {
            guard let byte = rest.popFirst() else { return false }
            return accepted.contains(byte)
        }
        guard let year = number(4), literal(0x2D), let month = number(2), literal(0x2D), let day = number(2),
            literal(0x54, 0x74), let hour = number(2), literal(0x3A), let minute = number(2), literal(0x3A),
            let second = number(2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if rest.first == 0x2E {
            rest.removeFirst()
            var count = 0
            while let byte = rest.first, byte >= 0x30, byte <= 0x39 {
                if count < 9 { fraction = fraction * 10 + Int64(byte - 0x30) }
                count += 1
                rest.removeFirst()
            }
            guard count > 0 else { return nil }
            for _ in min(count, 9)..<9 { fraction *= 10 }
        }
        // In minutes.
        var offset: Int64 = 0
        guard let zone = rest.popFirst() else { return nil }
        switch zone {
        case 0x5A, 0x7A: break
        case 0x2B, 0x2D:
            guard let hours = number(2), literal(0x3A), let minutes = number(2), hours < 24, minutes < 60 else {
                return nil
            }
            offset = (hours * 60 + minutes) * (zone == 0x2B ? 1 : -1)
        default: return nil
        }
        guard rest.isEmpty else { return nil }
        let days = Self.days(fromCivil: year, month, day)
        // A day that the month does not have (RFC 3339, section 5.7) is converted back to a day of the next month.
        guard Self.civil(fromDays: days) == (year, month, day) else { return nil }
        let minutes = (days * 24 + hour) * 60 + minute - offset
        guard second < 60 || floorDivide(minutes, 24 * 60).1 == 24 * 60 - 1 else { return nil }
        let seconds = minutes * 60 + second
        // The years 1678 to 2261 fit. The text comes from outside, so the arithmetic must not overflow.
        let (whole, tooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (nanoseconds, overflow) = whole.addingReportingOverflow(fraction)
        return tooLarge || overflow ? nil : nanoseconds
    }

    private static func digits(_ value: Int64, _ count: Int, _ bytes: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<count { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(value / divisor % 10) + 0x30)
            divisor /= 10
        }
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// Days since 1970 to a date of the proleptic Gregorian calendar, in eras of 400 years that start in March.
    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func days(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shiftedYear, 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
