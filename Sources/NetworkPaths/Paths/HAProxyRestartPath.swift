/// HAProxy in front of several nodes, one of which may fail. It checks their health, and sends a connection that a
/// dead node refuses to another node.
public struct HAProxyRestartPath: NetworkPath {
    public let name = "haproxy-restart"
    public let purpose = "HAProxy with health checks before nodes of which one restarts"
    public let program: ProxyProgram? = .haproxy
    public let targets = 1...16

    public init() {}

    /// A node that hangs does not end its connections; `on-marked-down` does.
    public func configuration(_ place: PathPlace) -> PathConfiguration {
        HAProxyText.configuration(
            place,
            backend: [
                HAProxyText.streaming,
                "balance roundrobin",
                "option redispatch 1",
                "retries 3",
                "option httpchk GET /readyz",
                "default-server check inter 200ms fall 2 rise 1 on-marked-down shutdown-sessions",
            ])
    }
}
