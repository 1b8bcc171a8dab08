import CLibwebsockets
import Glibc
import Threads

/// Addresses of hosts; IPv4 comes before IPv6.
enum HostAddress {
    /// The host itself, where it is an address.
    static func literal(_ host: String) -> String? {
        var buffer = in6_addr()
        return inet_pton(AF_INET, host, &buffer) == 1 || inet_pton(AF_INET6, host, &buffer) == 1 ? host : nil
    }

    /// Looks a name up on a thread of its own, because that may take seconds.
    /// - Parameter found: called on the loop's thread, unless the loop ends first.
    static func resolve(
        _ host: String, on core: LoopCore, _ found: @escaping @Sendable (LoopContext, String?) -> Void
    ) {
        do {
            try SystemThread {
                let address = resolve(host)
                core.submit { found($0, address) }
            }.detach()
        } catch {
            core.submit { found($0, nil) }
        }
    }

    private static func resolve(_ host: String) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return nil }
        defer { freeaddrinfo(first) }
        let found = sequence(first: first) { $0?.pointee.ai_next }.prefix { $0 != nil }.compactMap { $0 }
        let best = found.first { $0.pointee.ai_family == AF_INET } ?? found.first
        guard let best else { return nil }
        var text = [CChar](repeating: 0, count: 64)
        guard
            getnameinfo(
                best.pointee.ai_addr, best.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
                == 0
        else { return nil }
        return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}
