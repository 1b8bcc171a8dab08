import CLibwebsockets
import Glibc

/// The processors that this process runs on.
public enum Processors {
    /// Confines all threads of the process, including those that they start later.
    /// - Parameter list: for example `0` or `0,1`.
    /// - Throws: `LWSError` where the list is invalid, or the machine has no such processor.
    public static func pin(to list: String) throws {
        var mask = [UInt](repeating: 0, count: 16)
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Int(part), number >= 0, number < mask.count * UInt.bitWidth else {
                throw LWSError("sched_setaffinity", "give processor numbers such as 0 or 0,1, not '\(list)'")
            }
            mask[number / UInt.bitWidth] |= 1 << UInt(number % UInt.bitWidth)
        }
        guard let folder = opendir("/proc/self/task") else {
            throw LWSError("opendir", "/proc/self/task cannot be read, so the threads are not known")
        }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // A thread that has ended meanwhile needs no processor.
            guard let thread = Int32(name) else { continue }
            guard sched_setaffinity(thread, mask.count * MemoryLayout<UInt>.size, mask) == 0 || errno == ESRCH else {
                throw LWSError("sched_setaffinity", "this machine has no processor '\(list)', or it may not be used")
            }
        }
    }
}
