/// Phrases that several sentences use.
enum Prose {
    /// `a`, `a and b`, `a, b and c`.
    static func list(_ parts: [String]) -> String {
        guard parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " and " + parts[parts.count - 1]
    }

    /// A ratio in words: `12 % less`, `3.4 times as much`.
    static func difference(_ ratio: Double) -> String {
        guard ratio.isFinite, ratio > 0 else { return "–" }
        if ratio >= 2 { return "\(Decimals.significant(ratio)) times as much" }
        if ratio >= 1 { return "\(Decimals.percent(ratio - 1)) more" }
        return "\(Decimals.percent(1 - ratio)) less"
    }

    /// Several ratios in words: `8.4 % to 11 % less`.
    static func differences(_ ratios: [Double]) -> String {
        guard let low = ratios.min(), let high = ratios.max() else { return "–" }
        let ends = low < 1 && high < 1 ? [difference(high), difference(low)] : [difference(low), difference(high)]
        guard ends[0] != ends[1] else { return ends[0] }
        for ending in [" less", " more", " times as much"] where ends.allSatisfy({ $0.hasSuffix(ending) }) {
            return "\(ends[0].dropLast(ending.count)) to \(ends[1])"
        }
        return "\(ends[0]) to \(ends[1])"
    }

    /// Joins each figure to its unit with a no-break space.
    static func unbroken(_ text: String) -> String {
        let units: Set = ["ns", "µs", "ms", "s", "min", "h", "B", "KiB", "MiB", "GiB", "%"]
        var result = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !result.isEmpty {
                let isUnit = units.contains(String(word.filter { !".,;:)".contains($0) }))
                result += isUnit && result.last?.isNumber == true ? "\u{A0}" : " "
            }
            result += word
        }
        return result
    }

    /// `5.00 ms`, or `4.90 to 5.10 ms` if the values differ.
    static func range(_ values: [Double], _ unit: Unit) -> String {
        guard let low = values.min(), let high = values.max() else { return "–" }
        return unit.text(low) == unit.text(high) ? unit.text(low) : unit.text(low...high)
    }
}
