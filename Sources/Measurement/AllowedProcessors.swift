import Glibc

/// The processors that this process may run on: what a taskset or a container leaves.
public enum AllowedProcessors {
    /// Their numbers, ascending.
    public static var current: [Int] {
        // sched_getaffinity(2) fills the same set, but is not to be had from Swift.
        let status = (try? KernelFile.text("/proc/self/status")) ?? ""
        let found = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
            .flatMap { parse($0.drop { $0 != ":" }.dropFirst().filter { !$0.isWhitespace }) }
        return found ?? Array(0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// A list as the kernel writes it, such as `0-3,8`; nil where it is none.
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
