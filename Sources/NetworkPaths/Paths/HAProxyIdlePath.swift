/// HAProxy that cuts idle connections: `timeout server` and `timeout tunnel` are shorter than the heartbeat.
public struct HAProxyIdlePath: NetworkPath {
    public let name = "haproxy-idle"
    public let purpose = "HAProxy that cuts a connection after 1 s without a byte"
    public let program: ProxyProgram? = .haproxy

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration {
        HAProxyText.configuration(place, HAProxyText.Timeouts(server: "1s", tunnel: "1s"))
    }
}
