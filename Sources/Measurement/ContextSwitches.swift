/// How often the threads of a process left the processor since they started, read from `/proc` (proc(5)).
public struct ContextSwitches: Hashable, Sendable {
    /// The thread waited for something.
    public var voluntary: Int64
    /// Another thread was scheduled.
    public var involuntary: Int64
    /// Both counts for each thread id; empty where it was not read from a process.
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

    /// The counts of all threads that exist now. Reading is cheap enough for both ends of a window.
    public static func read(pid: Int32) throws(MeasurementError) -> Self {
        var threads: [String: [Int64]] = [:]
        for thread in try KernelFile.names("/proc/\(pid)/task") {
            // A thread may end after the folder was listed.
            guard let text = try? KernelFile.text("/proc/\(pid)/task/\(thread)/status") else { continue }
            threads[thread] = ["voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"].map {
                KernelFile.number($0, in: text) ?? 0
            }
        }
        return Self(threads: threads)
    }

    /// The switches between two readings of one process, thread by thread. A thread that ended in between is not
    /// counted, and does not change the counts of the others.
    public static func - (later: Self, earlier: Self) -> Self {
        Self(
            threads: later.threads.reduce(into: [:]) { difference, thread in
                let before = earlier.threads[thread.key] ?? [0, 0]
                difference[thread.key] = zip(thread.value, before).map { max(0, $0 - $1) }
            })
    }
}
