import CPerfEvents
import Glibc

/// Counts the system calls of another process for as long as the counter exists (perf_event_open(2), the tracepoint
/// `raw_syscalls:sys_enter`).
///
/// While any counter is open, every system call of the host is slower: release it before anything is timed.
public final class SystemCallCounter: Sendable {
    private let descriptors: [Int32]

    private static let tracepoint = tandem_system_calls()

    /// Counts for the current threads of the process and those that they start.
    /// - Throws: `notPermitted` where the kernel allows counting only to root; `noSuchProcess`, `unavailable`.
    public init(pid: Int32) throws(MeasurementError) {
        guard Self.tracepoint != 0 else {
            throw MeasurementError(
                .notPermitted, "tracefs cannot be read; as root: mount -t tracefs tracefs \(TANDEM_TRACEFS)")
        }
        var descriptors: [Int32] = []
        for thread in try KernelFile.names("/proc/\(pid)/task").compactMap({ Int32($0) }) {
            let descriptor = tandem_count_tracepoint(Self.tracepoint, thread)
            if descriptor >= 0 {
                descriptors.append(descriptor)
                continue
            }
            let code = errno
            // A thread may end after the folder was listed.
            guard code != ESRCH else { continue }
            for descriptor in descriptors { close(descriptor) }
            throw MeasurementError(
                code == EACCES || code == EPERM ? .notPermitted : .unavailable,
                "perf_event_open: \(String(cString: strerror(code)))", systemError: code)
        }
        self.descriptors = descriptors
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    /// The system calls since the counter was made.
    public func count() -> Int64 {
        descriptors.reduce(0) { sum, descriptor in
            var value: UInt64 = 0
            return read(descriptor, &value, 8) == 8 ? sum + Int64(value) : sum
        }
    }
}
