/// HAProxy as it comes, with timeouts above the heartbeat: it streams, and passes Upgrade on by itself.
public struct HAProxyPath: NetworkPath {
    public let name = "haproxy"
    public let purpose = "HAProxy with timeouts above the heartbeat"
    public let program: ProxyProgram? = .haproxy

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration { HAProxyText.configuration(place) }
}
