/// How often the threads of a process have left the processor since they began, read from `/proc` (proc(5)).
public struct ContextSwitches: Hashable, Sendable {
    /// Because they waited.
    public var voluntary: Int64
    /// Because another was due.
    public var involuntary: Int64

    public init(voluntary: Int64, involuntary: Int64) {
        self.voluntary = voluntary
        self.involuntary = involuntary
    }

    /// Over all threads that live now; cheap enough for the ends of a window.
    public static func read(pid: Int32) throws(MeasurementError) -> Self {
        var sum = Self(voluntary: 0, involuntary: 0)
        for thread in try KernelFile.names("/proc/\(pid)/task") {
            // A thread may end between the listing and the reading.
            guard let text = try? KernelFile.text("/proc/\(pid)/task/\(thread)/status") else { continue }
            sum.voluntary += KernelFile.number("voluntary_ctxt_switches", in: text) ?? 0
            sum.involuntary += KernelFile.number("nonvoluntary_ctxt_switches", in: text) ?? 0
        }
        return sum
    }

    /// What happened between two readings of one process; a thread that ended in between takes its count with it.
    public static func - (later: Self, earlier: Self) -> Self {
        Self(
            voluntary: max(0, later.voluntary - earlier.voluntary),
            involuntary: max(0, later.involuntary - earlier.involuntary))
    }
}
