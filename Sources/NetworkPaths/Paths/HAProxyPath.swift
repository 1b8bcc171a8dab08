/// HAProxy as it should be configured for streams, with timeouts above the heartbeat. It passes upgrades on without a
/// setting.
public struct HAProxyPath: NetworkPath {
    public let name = "haproxy"
    public let purpose = "HAProxy that sends each event at once, with timeouts above the heartbeat"
    public let program: ProxyProgram? = .haproxy

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration { HAProxyText.configuration(place) }
}
