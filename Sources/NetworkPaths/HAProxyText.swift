/// The part that all configurations of HAProxy share here: HTTP, the timeouts without which it warns, and many
/// connections.
enum HAProxyText {
    struct Timeouts {
        var client = "60s"
        var server = "60s"
        /// The timeout of upgraded connections; nil uses the two above.
        var tunnel: String?
    }

    /// Without this option HAProxy tells the kernel that more of a chunked response follows (`MSG_MORE`). The kernel
    /// then waits 200 ms for it before it sends an event.
    static let streaming = "option http-no-delay  # for sse"

    /// - Parameter backend: the lines of the backend other than its servers.
    static func configuration(
        _ place: PathPlace, _ timeouts: Timeouts = Timeouts(), backend: [String] = [streaming]
    ) -> PathConfiguration {
        let servers = place.targets.enumerated().map { "server node\($0.offset + 1) \($0.element)" }
        return PathConfiguration(
            """
            defaults
                mode http
                timeout connect 5s
                timeout client \(timeouts.client)
                timeout server \(timeouts.server)\(timeouts.tunnel.map { "\n    timeout tunnel \($0)" } ?? "")
            frontend orders
                bind 127.0.0.1:\(place.port)
                default_backend nodes
            backend nodes
            \((backend + servers).map { "    " + $0 }.joined(separator: "\n"))
            """)
    }
}
