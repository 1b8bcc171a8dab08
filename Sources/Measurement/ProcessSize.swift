/// The two figures of a process that grow when it leaks, read from `/proc` (proc(5)).
///
/// The kernel maintains both. Unlike `ResourceUsage`, reading them walks no page table, so they may be read within a
/// window.
public struct ProcessSize: Hashable, Sendable {
    public var rssBytes: Int64
    /// Open descriptors; nil where they may not be listed.
    public var descriptors: Int?

    public static func read(pid: Int32) throws(MeasurementError) -> Self {
        let status = try KernelFile.text("/proc/\(pid)/status")
        return Self(
            rssBytes: (KernelFile.number("VmRSS", in: status) ?? 0) * 1024,
            descriptors: (try? KernelFile.names("/proc/\(pid)/fd"))?.count)
    }
}
