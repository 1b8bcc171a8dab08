import Glibc

/// The memory that the sockets of the whole host use in the kernel, in addition to that of processes.
///
/// On loopback it includes both ends of each connection, and all other connections of the host: take the difference
/// of two readings.
public struct KernelSocketMemory: Hashable, Sendable {
    /// The number of TCP sockets in use.
    public var sockets: Int
    /// The pages of socket buffers, in bytes.
    public var bufferBytes: Int64
    /// The slabs of socket objects, of their files and of their entries in epoll sets; nil where `/proc/slabinfo` may
    /// not be read (it requires root).
    public var slabBytes: Int64?

    public static func read() throws(MeasurementError) -> Self {
        var memory = try parse(
            sockstat: try KernelFile.text("/proc/net/sockstat"), pageBytes: Int64(sysconf(Int32(_SC_PAGESIZE))))
        // IPv6 sockets are counted in a file of their own, their buffers in the common one.
        if let sixth = try? KernelFile.text("/proc/net/sockstat6") {
            memory.sockets += field("inuse", of: "TCP6", in: sixth).map(Int.init) ?? 0
        }
        memory.slabBytes = (try? KernelFile.text("/proc/slabinfo")).map {
            slabBytes($0, pageBytes: Int64(sysconf(Int32(_SC_PAGESIZE))))
        }
        return memory
    }

    package static func parse(sockstat text: String, pageBytes: Int64) throws(MeasurementError) -> Self {
        guard let sockets = field("inuse", of: "TCP", in: text), let pages = field("mem", of: "TCP", in: text) else {
            throw MeasurementError(.unknownForm, "/proc/net/sockstat has no line TCP with inuse and mem")
        }
        return Self(sockets: Int(sockets), bufferBytes: pages * pageBytes)
    }

    /// The bytes of the slabs that TCP connections use, as whole slabs (slabinfo(5)).
    package static func slabBytes(_ text: String, pageBytes: Int64) -> Int64 {
        text.split(separator: "\n").reduce(0) { sum, line in
            let fields = line.split(separator: " ")
            guard let name = fields.first, isOfSockets(name), fields.count >= 15,
                let pagesPerSlab = Int64(fields[5]), let slabs = Int64(fields[14])
            else { return sum }
            return sum + slabs * pagesPerSlab * pageBytes
        }
    }

    private static func isOfSockets(_ slab: Substring) -> Bool {
        ["TCP", "TCPv6", "sock_inode_cache", "filp", "eventpoll_epi", "eventpoll_pwq"].contains(slab)
            || ["tw_sock_TCP", "request_sock_TCP", "skbuff_"].contains { slab.hasPrefix($0) }
    }

    /// The number after `name` in the line that starts with `key:`.
    private static func field(_ name: String, of key: String, in text: String) -> Int64? {
        for line in text.split(separator: "\n") where line.hasPrefix(key + ":") {
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: name[...]), place + 1 < words.count else { return nil }
            return Int64(words[place + 1])
        }
        return nil
    }
}
