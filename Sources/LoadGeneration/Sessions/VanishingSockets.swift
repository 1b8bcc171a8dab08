import Glibc

/// Sockets of this process whose peers are to see them vanish: no FIN, no RST, as when a laptop leaves the network.
///
/// TCP_REPAIR has the kernel forget a connection without a word when it is closed (CRIU's way to move one). The descriptor
/// stays what it was to whoever holds it, over a socket that never says anything again.
struct VanishingSockets {
    private let port: Int
    private let addressPrefix: String
    private let limit: Int

    /// - Parameters:
    ///   - port: of the peer.
    ///   - addressPrefix: of the local address.
    init(to port: Int, from addressPrefix: String, atMost limit: Int) {
        self.port = port
        self.addressPrefix = addressPrefix
        self.limit = limit
    }

    /// - Returns: how many have vanished.
    /// - Throws: `LoadError` where the kernel does not allow it: it takes CAP_NET_ADMIN.
    func vanish() throws -> Int {
        var count = 0
        for descriptor in descriptors() where count < limit {
            // linux/tcp.h: TCP_REPAIR is 19, TCP_REPAIR_ON 1.
            var on: Int32 = 1
            guard setsockopt(descriptor, Int32(IPPROTO_TCP), 19, &on, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
                throw LoadError(
                    .unsupported,
                    "sockets cannot be made to vanish (TCP_REPAIR): \(String(cString: strerror(errno))); it takes root")
            }
            let silent = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard silent >= 0 else { break }
            dup2(silent, descriptor)
            close(silent)
            count += 1
        }
        return count
    }

    private func descriptors() -> [Int32] {
        guard let folder = opendir("/proc/self/fd") else { return [] }
        defer { closedir(folder) }
        var found: [Int32] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let descriptor = Int32(name), matches(descriptor) { found.append(descriptor) }
        }
        return found.sorted()
    }

    private static func text(_ address: in_addr) -> String {
        let number = UInt32(bigEndian: address.s_addr)
        return [24, 16, 8, 0].map { String(number >> $0 & 0xFF) }.joined(separator: ".")
    }

    private func matches(_ descriptor: Int32) -> Bool {
        var (local, peer) = (sockaddr_in(), sockaddr_in())
        var (localLength, peerLength) = (
            socklen_t(MemoryLayout<sockaddr_in>.size), socklen_t(MemoryLayout<sockaddr_in>.size)
        )
        let isConnected = withUnsafeMutablePointer(to: &local) { local in
            withUnsafeMutablePointer(to: &peer) { peer in
                local.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &localLength) }
                    == 0
                    && peer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        getpeername(descriptor, $0, &peerLength)
                    } == 0
            }
        }
        guard isConnected, local.sin_family == sa_family_t(AF_INET), Int(UInt16(bigEndian: peer.sin_port)) == port
        else {
            return false
        }
        return Self.text(local.sin_addr).hasPrefix(addressPrefix)
    }
}
