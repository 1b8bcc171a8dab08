/// HAProxy as it should be before streams, with timeouts above the heartbeat: it passes Upgrade on by itself.
public struct HAProxyPath: NetworkPath {
    public let name = "haproxy"
    public let purpose = "HAProxy that sends each event at once, with timeouts above the heartbeat"
    public let program: ProxyProgram? = .haproxy

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration { HAProxyText.configuration(place) }
}
