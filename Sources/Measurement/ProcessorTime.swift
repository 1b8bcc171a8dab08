/// What all processes together have used of some processors since the machine started, as `/proc/stat` counts it (proc(5)).
public struct ProcessorTime: Hashable, Sendable {
    /// Ticks of 10 ms in which the processors did something; what a hypervisor took from them is among it.
    public var busy: Int64
    /// Ticks of any kind.
    public var total: Int64

    /// - Parameters:
    ///   - stat: the text of `/proc/stat`.
    ///   - processors: the numbers of those that count.
    /// - Returns: nil where the text has none of them.
    package init?(stat: String, of processors: [Int]) {
        (busy, total) = (0, 0)
        let names = Set(processors.map { "cpu\($0)" })
        for line in stat.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let name = fields.first, names.contains(String(name)) else { continue }
            // user, nice, system, idle, iowait, irq, softirq, steal; the time of guests is within the first two.
            let ticks = fields.dropFirst().prefix(8).compactMap { Int64($0) }
            guard ticks.count >= 5 else { continue }
            let sum = ticks.reduce(0, +)
            total += sum
            busy += sum - ticks[3] - ticks[4]
        }
        if total == 0 { return nil }
    }

    /// Of the processors that this process may run on.
    public static func read() throws(MeasurementError) -> Self {
        let path = "/proc/stat"
        guard let time = Self(stat: try KernelFile.text(path), of: AllowedProcessors.current) else {
            throw MeasurementError(.unknownForm, "\(path) has no line of a processor that this process may run on")
        }
        return time
    }

    /// The part of the processors' time that was used since an earlier reading, 0 to 1; nil where no tick has passed.
    public func busyFraction(since earlier: Self) -> Double? {
        // Iowait may run back (proc(5)).
        guard total > earlier.total else { return nil }
        return min(1, max(0, Double(busy - earlier.busy) / Double(total - earlier.total)))
    }
}
