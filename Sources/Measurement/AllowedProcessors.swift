import Glibc

/// The processors that this process may run on, as limited by taskset or a container.
public enum AllowedProcessors {
    /// Their numbers, in ascending order.
    public static var current: [Int] {
        // sched_getaffinity(2) returns the same set, but Swift cannot call it.
        let status = (try? KernelFile.text("/proc/self/status")) ?? ""
        let found = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
            .flatMap { parse($0.drop { $0 != ":" }.dropFirst().filter { !$0.isWhitespace }) }
        return found ?? Array(0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// Parses a list in the kernel's form, such as `0-3,8`; nil where it is invalid.
    package static func parse(_ list: String) -> [Int]? {
        var processors: [Int] = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first >= 0, first <= last
            else { return nil }
            processors += first...last
        }
        return processors
    }
}
