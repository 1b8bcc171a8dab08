import Glibc

/// Makes the host of this process's sockets seem to vanish for their peers: no FIN, no RST and no acknowledgement.
///
/// A filter that accepts nothing (socket(7), SO_ATTACH_FILTER) drops everything before TCP sees it. The socket stays
/// open as long as this process, because closing it would tell the peer. Its descriptor stays valid for its owner, but
/// belongs to another socket that never receives anything. No privilege is needed.
struct VanishingSockets {
    /// One instruction of a BPF program.
    private struct Instruction {
        var code: UInt16
        var ifTrue: UInt8 = 0
        var ifFalse: UInt8 = 0
        var value: UInt32 = 0
    }
    private struct Program {
        var length: UInt16
        var instructions: UnsafeMutablePointer<Instruction>
    }

    private let port: Int
    private let addressPrefix: String
    private let limit: Int

    /// - Parameters:
    ///   - port: the peer's port.
    ///   - addressPrefix: the prefix of the local address.
    init(to port: Int, from addressPrefix: String, atMost limit: Int) {
        self.port = port
        self.addressPrefix = addressPrefix
        self.limit = limit
    }

    /// - Returns: the number of sockets that vanished.
    /// - Throws: `LoadError` if the kernel refuses.
    func vanish() throws -> Int {
        var count = 0
        for descriptor in descriptors() where count < limit {
            // Non-blocking, so that no owner waits for data that never comes.
            let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let silent = socket(AF_INET, type, 0)
            // The duplicate is never closed: the kernel would tell the peer.
            guard Self.takesNothing(descriptor), silent >= 0, fcntl(descriptor, F_DUPFD_CLOEXEC, 0) >= 0 else {
                throw LoadError(.unsupported, "sockets cannot be made to vanish: \(String(cString: strerror(errno)))")
            }
            dup2(silent, descriptor)
            close(silent)
            count += 1
        }
        return count
    }

    private static func takesNothing(_ descriptor: Int32) -> Bool {
        // BPF_RET | BPF_K: keep 0 bytes.
        var instruction = Instruction(code: 0x06)
        return withUnsafeMutablePointer(to: &instruction) { instruction in
            var program = Program(length: 1, instructions: instruction)
            let size = socklen_t(MemoryLayout<Program>.size)
            return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, size) == 0
        }
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
