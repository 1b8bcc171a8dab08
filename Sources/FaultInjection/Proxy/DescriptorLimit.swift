import Glibc

/// How many connections the process's descriptors are enough for.
enum DescriptorLimit {
    /// The descriptors of a connection: a socket to the client, and one to the server.
    private static let each = 2
    /// The descriptors of the listeners, the event loop, the standard streams and the HTTP interface.
    private static let others = 64

    /// Raises the soft limit to the hard one.
    ///
    /// - Returns: the limit.
    static func raise() -> Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }

    static func connections(within descriptors: Int) -> Int { max(1, (descriptors - others) / each) }
}
