public import ExperimentModel

/// The age of many subscribers' views over time.
///
/// While a view misses an update, its age grows by a second each second, counted from the time of the oldest update
/// that it misses. Each such period is a ramp from one age to a higher one; between ramps the age is 0. The meter keeps
/// the time that was spent at each age, for the mean and a quantile over time. A ramp takes constant time.
public struct StalenessMeter: Sendable {
    /// Ages share a bin if their first 8 bits are equal, which means within 0.8 %.
    private static let fractionBits = 7
    /// A year. Older views count as this old, so that no bound of a bin overflows.
    private static let oldestAge: Int64 = 31_536_000_000_000_000
    private static let bins = bin(oldestAge) + 2
    /// By bin: ramps that cover bins completely from this one on, less those that cease to at this one.
    private var starts = [Int64](repeating: 0, count: bins)
    /// By bin: nanoseconds of the ramps that cover a part of it.
    private var partial = [Int64](repeating: 0, count: bins)
    private var area = 0.0

    public init() {}

    /// Records that a view aged from `youngest` to `oldest`, in nanoseconds.
    public mutating func record(from youngest: Int64, to oldest: Int64) {
        let youngest = max(youngest, 0)
        let oldest = min(oldest, Self.oldestAge)
        guard oldest > youngest else { return }
        area += (Double(oldest) - Double(youngest)) * (Double(oldest) + Double(youngest)) / 2
        let first = Self.bin(youngest)
        let last = Self.bin(oldest)
        if first == last {
            partial[first] += oldest - youngest
        } else {
            partial[first] += Self.lowest(first + 1) - youngest
            partial[last] += oldest - Self.lowest(last)
            starts[first + 1] += 1
            starts[last] -= 1
        }
    }

    /// - Parameter viewNanoseconds: the number of subscribers times the length of the window.
    public func summary(viewNanoseconds: Double) -> StalenessSummary? {
        guard viewNanoseconds > 0 else { return nil }
        var time = [Double](repeating: 0, count: starts.count - 1)
        var covering: Int64 = 0
        for bin in time.indices {
            covering += starts[bin]
            time[bin] = Double(partial[bin]) + Double(covering) * Double(Self.lowest(bin + 1) - Self.lowest(bin))
        }
        var rest = viewNanoseconds * 0.01
        var p99: Int64 = 0
        for bin in time.indices.reversed() where time[bin] > 0 {
            rest -= time[bin]
            if rest < 0 {
                p99 = Self.lowest(bin + 1) - 1
                break
            }
        }
        return StalenessSummary(mean: area / viewNanoseconds, p99: p99)
    }

    private static func bin(_ age: Int64) -> Int {
        let shift = max(0, 63 - fractionBits - age.leadingZeroBitCount)
        return shift << fractionBits + Int(age >> shift)
    }

    /// The lowest age of a bin.
    private static func lowest(_ bin: Int) -> Int64 {
        let shift = max(0, bin >> fractionBits - 1)
        return Int64(bin - shift << fractionBits) << shift
    }
}
