import Glibc

/// The bytes that each TCP socket of this process has carried, as the kernel counts them (TCP_INFO).
///
/// They include TLS records and HTTP framing, without TCP and IP headers, and no transport has to count by itself.
/// Closed sockets are missing.
struct SocketTraffic: Sendable {
    struct Bytes: Hashable, Sendable {
        var received: Int64
        var sent: Int64
        /// TCP segments with data. Over loopback a request that is written at once is one segment.
        var segmentsSent: Int64
    }

    /// By inode, which is unique among open sockets. A descriptor's number is used again.
    private var sockets: [UInt64: Bytes] = [:]

    init() {
        guard let folder = opendir("/proc/self/fd") else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let descriptor = Int32(name), let bytes = Self.bytes(descriptor) else { continue }
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { continue }
            sockets[UInt64(status.st_ino)] = bytes
        }
    }

    /// Whether the process has no TCP sockets, as in process, or the kernel does not count their bytes.
    var isEmpty: Bool { sockets.isEmpty }

    /// Without the sockets of `others`.
    func without(_ others: Self) -> Self {
        var rest = self
        rest.sockets = sockets.filter { others.sockets[$0.key] == nil }
        return rest
    }

    /// The bytes that the sockets of `population` have carried since `earlier`.
    func since(_ earlier: Self, by population: Self) -> Bytes {
        var sum = Bytes(received: 0, sent: 0, segmentsSent: 0)
        for (inode, bytes) in sockets where population.sockets[inode] != nil {
            let before = earlier.sockets[inode] ?? Bytes(received: 0, sent: 0, segmentsSent: 0)
            sum.received += bytes.received - before.received
            sum.sent += bytes.sent - before.sent
            sum.segmentsSent += bytes.segmentsSent - before.segmentsSent
        }
        return sum
    }

    /// Nil if the descriptor is not a TCP socket, or the kernel is older than 4.19 and does not count sent bytes.
    private static func bytes(_ descriptor: Int32) -> Bytes? {
        // struct tcp_info of linux/tcp.h: tcpi_bytes_received, tcpi_data_segs_out, tcpi_bytes_sent. glibc's declaration
        // lacks them.
        let receivedOffset = 128
        let segmentsSentOffset = 156
        let sentOffset = 200
        return withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { info in
            var length = socklen_t(info.count)
            guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, info.baseAddress, &length) == 0,
                Int(length) >= sentOffset + 8
            else { return nil }
            return Bytes(
                received: Int64(bitPattern: info.load(fromByteOffset: receivedOffset, as: UInt64.self)),
                sent: Int64(bitPattern: info.load(fromByteOffset: sentOffset, as: UInt64.self)),
                segmentsSent: Int64(info.load(fromByteOffset: segmentsSentOffset, as: UInt32.self)))
        }
    }
}
