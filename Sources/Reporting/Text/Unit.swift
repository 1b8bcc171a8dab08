/// The unit of a figure, and how people read it.
public enum Unit: String, Sendable, Hashable, CaseIterable {
    case nanoseconds
    case bytes
    /// A count of something per something, for example requests per update.
    case count
    /// 0 to 1, written as a percentage.
    case fraction

    /// The figure with three significant digits and the unit that suits its size. Infinity, a quantile among censored
    /// values, is "not reached".
    public func text(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "–" : "not reached" }
        switch self {
        case .nanoseconds: return scaled(value, [("ns", 1), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)])
        case .bytes: return scaled(value, [("B", 1), ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824)])
        case .count: return Decimals.significant(value)
        case .fraction: return Decimals.percent(value)
        }
    }

    /// An interval. A unit that both ends share is written once: `1.20 to 1.35 ms`.
    public func text(_ interval: ClosedRange<Double>, joint: String = " to ") -> String {
        let low = text(interval.lowerBound)
        let high = text(interval.upperBound)
        guard low != high, interval.upperBound.isFinite else { return low == high ? low : low + joint + high }
        guard let space = low.lastIndex(of: " "), let other = high.lastIndex(of: " "), low[space...] == high[other...]
        else { return low + joint + high }
        return low[..<space] + joint + high
    }

    private func scaled(_ value: Double, _ units: [(name: String, size: Double)]) -> String {
        let magnitude = abs(value)
        // 999.7 µs would round to 1000 µs. It is written as 1.00 ms.
        let unit = units.last { magnitude >= $0.size * ($0.size == 1 ? 0 : 0.9995) } ?? units[0]
        return Decimals.significant(value / unit.size) + " " + unit.name
    }
}
