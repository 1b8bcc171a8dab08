import Glibc

/// The resources that a process uses at a moment, read from `/proc` (proc(5)).
///
/// Reading walks the page tables of the process (some 10 ms for a gigabyte), so read it at the ends of a window and
/// not within it.
public struct ResourceUsage: Hashable, Sendable {
    public var cpu: CPUTime
    public var rssBytes: Int64
    /// With each shared page divided among the processes that share it; nil where `smaps_rollup` may not be read.
    public var pssBytes: Int64?
    /// Pages that no other process shares; nil where `smaps_rollup` may not be read.
    public var privateBytes: Int64?
    /// Open descriptors; nil where they may not be listed.
    public var descriptors: Int?
    /// The sum over all threads that exist now.
    public var switches: ContextSwitches

    /// - Throws: `noSuchProcess` once the process has been reaped. Figures that require the same user are nil
    ///   instead.
    public static func read(pid: Int32) throws(MeasurementError) -> Self {
        let folder = "/proc/\(pid)"
        let cpu = try CPUTime.read(pid: pid)
        let status = try KernelFile.text(folder + "/status")
        let rollup = try? KernelFile.text(folder + "/smaps_rollup")
        return Self(
            cpu: cpu,
            // A kernel thread or a zombie has no memory, and no such line.
            rssBytes: (KernelFile.number("VmRSS", in: status) ?? 0) * 1024,
            pssBytes: rollup.flatMap { KernelFile.number("Pss", in: $0) }.map { $0 * 1024 },
            privateBytes: rollup.flatMap { text in
                guard let clean = KernelFile.number("Private_Clean", in: text),
                    let dirty = KernelFile.number("Private_Dirty", in: text)
                else { return nil }
                return (clean + dirty) * 1024
            },
            descriptors: (try? KernelFile.names(folder + "/fd"))?.count,
            switches: try ContextSwitches.read(pid: pid))
    }

    /// Reads the usage of the calling process.
    public static func ofThisProcess() throws(MeasurementError) -> Self {
        let own = getpid()
        var usage = try read(pid: own)
        // The folder that is being listed is an open descriptor too.
        usage.descriptors? -= 1
        return usage
    }
}
