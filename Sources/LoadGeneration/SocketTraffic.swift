import Glibc

/// Bytes that the TCP sockets of this process have carried, as the kernel counts them for each (TCP_INFO).
///
/// That is exactly what TCP carried, TLS records and HTTP framing included, without TCP and IP headers, and no
/// transport has to count for itself. Sockets that have been closed are not seen.
struct SocketTraffic: Sendable {
    struct Bytes: Hashable, Sendable {
        var received: Int64
        var sent: Int64
        /// TCP segments with data: over loopback, a request that fits one write is one of them.
        var segmentsSent: Int64
    }

    /// By inode, which a socket keeps for life; a descriptor's number is used again.
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

    /// Whether there is no TCP socket, as in process, or no count of it.
    var isEmpty: Bool { sockets.isEmpty }

    /// Those that `others` does not know.
    func without(_ others: Self) -> Self {
        var rest = self
        rest.sockets = sockets.filter { others.sockets[$0.key] == nil }
        return rest
    }

    /// What the sockets of `population` have carried since `earlier`.
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

    /// Nil where the descriptor is no TCP socket, or the kernel is older than 4.19 and does not count what was sent.
    private static func bytes(_ descriptor: Int32) -> Bytes? {
        // linux/tcp.h, struct tcp_info: tcpi_bytes_received, tcpi_data_segs_out, tcpi_bytes_sent. glibc's own copy ends before them.
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
