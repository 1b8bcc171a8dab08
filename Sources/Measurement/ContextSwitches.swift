/// How often the threads of a process have left the processor since they began, read from `/proc` (proc(5)).
public struct ContextSwitches: Hashable, Sendable {
    /// Because they waited.
    public var voluntary: Int64
    /// Because another was due.
    public var involuntary: Int64
    /// Both, by the thread's id; empty where it was not read of a process.
    private var threads: [String: [Int64]] = [:]

    public init(voluntary: Int64, involuntary: Int64) {
        self.voluntary = voluntary
        self.involuntary = involuntary
    }

    package init(threads: [String: [Int64]]) {
        self.init(
            voluntary: threads.values.reduce(0) { $0 + $1[0] }, involuntary: threads.values.reduce(0) { $0 + $1[1] })
        self.threads = threads
    }

    /// Over all threads that live now; cheap enough for the ends of a window.
    public static func read(pid: Int32) throws(MeasurementError) -> Self {
        var threads: [String: [Int64]] = [:]
        for thread in try KernelFile.names("/proc/\(pid)/task") {
            // A thread may end between the listing and the reading.
            guard let text = try? KernelFile.text("/proc/\(pid)/task/\(thread)/status") else { continue }
            threads[thread] = ["voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"].map {
                KernelFile.number($0, in: text) ?? 0
            }
        }
        return Self(threads: threads)
    }

    /// What happened between two readings of one process, thread by thread: one that ended in between takes its part with it, and
    /// nothing of the others'.
    public static func - (later: Self, earlier: Self) -> Self {
        Self(
            threads: later.threads.reduce(into: [:]) { difference, thread in
                let before = earlier.threads[thread.key] ?? [0, 0]
                difference[thread.key] = zip(thread.value, before).map { max(0, $0 - $1) }
            })
    }
}
