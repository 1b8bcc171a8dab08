/// The time that all processes used of some processors since the machine started, from `/proc/stat` (proc(5)).
public struct ProcessorTime: Hashable, Sendable {
    /// Ticks of 10 ms in which the processors were busy, including those that a hypervisor took away.
    public var busy: Int64
    /// All ticks.
    public var total: Int64

    /// - Parameters:
    ///   - stat: the text of `/proc/stat`.
    ///   - processors: the numbers of the processors to count.
    /// - Returns: nil where the text has none of them.
    package init?(stat: String, of processors: [Int]) {
        (busy, total) = (0, 0)
        let names = Set(processors.map { "cpu\($0)" })
        for line in stat.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let name = fields.first, names.contains(String(name)) else { continue }
            // user, nice, system, idle, iowait, irq, softirq, steal. The first two include the time of guests.
            let ticks = fields.dropFirst().prefix(8).compactMap { Int64($0) }
            guard ticks.count >= 5 else { continue }
            let sum = ticks.reduce(0, +)
            total += sum
            busy += sum - ticks[3] - ticks[4]
        }
        if total == 0 { return nil }
    }

    /// Reads the time of the processors that this process may run on.
    public static func read() throws(MeasurementError) -> Self {
        let path = "/proc/stat"
        guard let time = Self(stat: try KernelFile.text(path), of: AllowedProcessors.current) else {
            throw MeasurementError(.unknownForm, "\(path) has no line of a processor that this process may run on")
        }
        return time
    }

    /// The share of the processors' time that was used since an earlier reading, 0 to 1; nil where no tick has
    /// passed.
    public func busyFraction(since earlier: Self) -> Double? {
        // Iowait may decrease (proc(5)).
        guard total > earlier.total else { return nil }
        return min(1, max(0, Double(busy - earlier.busy) / Double(total - earlier.total)))
    }
}
