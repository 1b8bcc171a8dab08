import Glibc
import Measurement

/// The processor times of each thread of this process, by thread id, in nanoseconds.
struct ThreadTimes: Sendable {
    private struct Time {
        var running: Int64
        /// Ready to run while other threads ran; 0 if the kernel does not count it.
        var waiting: Int64
    }

    private let times: [Int32: Time]

    init() {
        var times: [Int32: Time] = [:]
        for name in (try? KernelFile.names("/proc/self/task")) ?? [] {
            guard let thread = Int32(name) else { continue }
            var time = timespec()
            // The kernel's clock id of a thread: the complement of its id, and 6 for the scheduler clock of one thread.
            // clock_getcpuclockid(3) supports only processes.
            guard clock_gettime(~thread << 3 | 6, &time) == 0 else { continue }
            times[thread] = Time(
                running: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec), waiting: Self.waiting(name))
        }
        self.times = times
    }

    /// The share of a window that the busiest thread spent on a processor, 0 to 1.
    func busiestFraction(since earlier: Self, nanoseconds: Int64) -> Double {
        fraction(since: earlier, nanoseconds: nanoseconds) { $0.running }
    }

    /// The longest share of a window in which one thread was on a processor or waited for one, 0 to 1.
    func demandFraction(since earlier: Self, nanoseconds: Int64) -> Double {
        fraction(since: earlier, nanoseconds: nanoseconds) { $0.running + $0.waiting }
    }

    private func fraction(since earlier: Self, nanoseconds: Int64, _ value: (Time) -> Int64) -> Double {
        guard nanoseconds > 0 else { return 0 }
        let most = times.map { value($0.value) - (earlier.times[$0.key].map(value) ?? 0) }.max() ?? 0
        return min(1, max(0, Double(most) / Double(nanoseconds)))
    }

    /// The second number of a thread's schedstat (Documentation/scheduler/sched-stats.rst).
    private static func waiting(_ thread: String) -> Int64 {
        let text = (try? KernelFile.text("/proc/self/task/\(thread)/schedstat")) ?? ""
        let numbers = text.split(whereSeparator: \.isWhitespace)
        return numbers.count == 3 ? Int64(numbers[1]) ?? 0 : 0
    }
}
