import CPerfEvents
import Glibc

/// Counts the system calls of another process while it exists (perf_event_open(2), the tracepoint `raw_syscalls:sys_enter`).
///
/// While any counter is open, every system call of the host takes a slower path: let it go before anything is timed.
public final class SystemCallCounter: Sendable {
    private let descriptors: [Int32]

    private static let tracepoint = tandem_system_calls()

    /// Of the threads that the process has now, and those that they start.
    /// - Throws: `notPermitted` where the kernel lets only root count; `noSuchProcess`, `unavailable`.
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
            // A thread may end between the listing and the opening.
            guard code != ESRCH else { continue }
            for descriptor in descriptors { close(descriptor) }
            throw MeasurementError(
                code == EACCES || code == EPERM ? .notPermitted : .unavailable,
                "perf_event_open: \(String(cString: strerror(code)))", systemError: code)
        }
        self.descriptors = descriptors
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    /// System calls that have begun since the counter was made.
    public func count() -> Int64 {
        descriptors.reduce(0) { sum, descriptor in
            var value: UInt64 = 0
            return read(descriptor, &value, 8) == 8 ? sum + Int64(value) : sum
        }
    }
}
