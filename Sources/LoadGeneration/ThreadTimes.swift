import Glibc

/// CPU of each thread of this process, by thread id, in nanoseconds.
struct ThreadTimes: Sendable {
    private let times: [Int32: Int64]

    init() {
        var times: [Int32: Int64] = [:]
        if let folder = opendir("/proc/self/task") {
            defer { closedir(folder) }
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                guard let thread = Int32(name) else { continue }
                var time = timespec()
                // The clock of a thread, as the kernel numbers it (clock_getcpuclockid(3) knows processes only):
                // the complement of its id, and 6 for a scheduler clock of one thread.
                guard clock_gettime(~thread << 3 | 6, &time) == 0 else { continue }
                times[thread] = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
            }
        }
        self.times = times
    }

    /// The part of a window that the busiest thread spent on a processor, 0 to 1.
    func busiestFraction(since earlier: Self, nanoseconds: Int64) -> Double {
        guard nanoseconds > 0 else { return 0 }
        let busiest = times.map { $0.value - (earlier.times[$0.key] ?? 0) }.max() ?? 0
        return min(1, max(0, Double(busiest) / Double(nanoseconds)))
    }
}
