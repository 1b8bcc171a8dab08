internal import ExperimentModel

/// Numbers in decimal, independent of the locale.
enum Decimals {
    /// At least `digits` significant digits, with the complete integer part in groups of thousands: `0.0123`, `1.20`,
    /// `12,346`.
    static func significant(_ value: Double, digits: Int = 3) -> String {
        guard value.isFinite else { return value.isNaN ? "–" : (value < 0 ? "-∞" : "∞") }
        guard value != 0 else { return "0" }
        var magnitude = 0
        var scaled = abs(value)
        while scaled >= 10, magnitude < 300 {
            scaled /= 10
            magnitude += 1
        }
        while scaled < 1, magnitude > -300 {
            scaled *= 10
            magnitude -= 1
        }
        let places = max(0, digits - 1 - magnitude)
        // 0.9997 would round to 1.000, which has one digit too many.
        let limit = Decimal10.power(Double(magnitude + 1))
        let half = 0.5 * Decimal10.power(Double(-places))
        return fixed(value, places: abs(value) + half >= limit ? max(0, places - 1) : places)
    }

    /// A fixed number of decimal places, with groups of thousands.
    static func fixed(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return significant(value) }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let rounded = (abs(value) * scale).rounded()
        // Above 2^63 the digits mean nothing, and no number has that many places. The shortest form is enough.
        guard rounded < 9e18, scale < 9e18 else { return "\(value)" }
        let whole = UInt64(rounded) / UInt64(scale)
        let rest = UInt64(rounded) % UInt64(scale)
        var text = value < 0 && rounded > 0 ? "-" : ""
        text += grouped(whole)
        if places > 0 {
            let digits = String(rest)
            text += "." + String(repeating: "0", count: places - digits.utf8.count) + digits
        }
        return text
    }

    static func percent(_ fraction: Double) -> String {
        guard fraction.isFinite else { return significant(fraction) }
        let percent = fraction * 100
        let isWhole = abs(percent - percent.rounded()) < 1e-9
        let places = abs(percent) >= 10 || isWhole ? 0 : 1
        return fixed(percent, places: places) + " %"
    }

    /// The change that a ratio means, with a sign: `+12 %`, `−3.1 %`; from a factor of three `×4.20`; from a thousand
    /// `more than ×1,000`.
    static func change(_ ratio: Double) -> String {
        guard ratio.isFinite else { return "–" }
        if ratio >= 1_000 { return "more than ×1,000" }
        if ratio >= 3 { return "×\(significant(ratio))" }
        let text = percent(abs(ratio - 1))
        if text == "0 %" || text == "0.0 %" { return "0 %" }
        return (ratio > 1 ? "+" : "−") + text
    }

    static func integer(_ value: some BinaryInteger) -> String {
        value < 0 ? "-" + grouped(UInt64(value.magnitude)) : grouped(UInt64(value))
    }

    /// The nearest whole number.
    static func rounded(_ value: Double) -> String { fixed(value, places: 0) }

    /// `1 trial`, `2 trials`.
    static func count(_ value: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
        "\(integer(value)) \(value == 1 ? one : many ?? one + "s")"
    }

    /// Without a decimal point if it is a whole number: `5`, `2.5`.
    static func plain(_ value: Double) -> String { Factor.grouped(value) }

    private static func grouped(_ value: UInt64) -> String {
        let digits = Array(String(value))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
