import Glibc

/// The CPU time that a process has used since it started.
///
/// The kernel reports user and system time in ticks of 10 ms, but their sum in nanoseconds. So over a short window
/// the sum is exact, and it is split in proportion to the ticks.
public struct CPUTime: Hashable, Sendable {
    public var userNanoseconds: Int64
    public var systemNanoseconds: Int64

    public init(userNanoseconds: Int64, systemNanoseconds: Int64) {
        self.userNanoseconds = userNanoseconds
        self.systemNanoseconds = systemNanoseconds
        totalNanoseconds = userNanoseconds + systemNanoseconds
    }

    /// The exact sum of user and system time.
    public private(set) var totalNanoseconds: Int64

    /// The ticks of user and system time, and the exact sum of both.
    init(user: Int64, system: Int64, exactTotal: Int64) {
        userNanoseconds = user
        systemNanoseconds = system
        totalNanoseconds = exactTotal
    }

    public var userSeconds: Double { Double(userNanoseconds) / 1e9 }
    public var systemSeconds: Double { Double(systemNanoseconds) / 1e9 }
    public var totalSeconds: Double { Double(totalNanoseconds) / 1e9 }

    /// The time that was used between two readings of one process.
    public static func - (later: Self, earlier: Self) -> Self {
        let total = max(0, later.totalNanoseconds - earlier.totalNanoseconds)
        var user = max(0, later.userNanoseconds - earlier.userNanoseconds)
        var system = max(0, later.systemNanoseconds - earlier.systemNanoseconds)
        // The window is shorter than a tick: split it as all the time so far.
        if user + system == 0 { (user, system) = (later.userNanoseconds, later.systemNanoseconds) }
        let share = user + system > 0 ? Double(user) / Double(user + system) : 1
        let scaled = Int64((Double(total) * share).rounded())
        return Self(userNanoseconds: scaled, systemNanoseconds: total - scaled)
    }

    /// The time that two processes used together.
    public static func + (one: Self, other: Self) -> Self {
        Self(
            user: one.userNanoseconds + other.userNanoseconds,
            system: one.systemNanoseconds + other.systemNanoseconds,
            exactTotal: one.totalNanoseconds + other.totalNanoseconds)
    }

    public static func read(pid: Int32) throws(MeasurementError) -> Self {
        let path = "/proc/\(pid)/stat"
        let stat = try KernelFile.text(path)
        // The command's name may contain spaces and brackets, so the fields are counted from its last bracket
        // (proc(5)).
        guard let end = stat.lastIndex(of: ")") else {
            throw MeasurementError(.unknownForm, "\(path) has no command in brackets")
        }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Int64(fields[11]), let system = Int64(fields[12]) else {
            throw MeasurementError(.unknownForm, "\(path) has no utime and stime as fields 14 and 15")
        }
        let tick = 1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK)))
        return Self(
            user: user * tick, system: system * tick, exactTotal: exactTotal(pid) ?? (user + system) * tick)
    }

    private static func exactTotal(_ pid: Int32) -> Int64? {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return nil }
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
