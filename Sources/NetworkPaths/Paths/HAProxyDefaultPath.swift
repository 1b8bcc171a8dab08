/// HAProxy without any tuning: the kernel holds each event of a stream for 200 ms.
public struct HAProxyDefaultPath: NetworkPath {
    public let name = "haproxy-default"
    public let purpose = "HAProxy as it comes: SSE events wait 200 ms"
    public let program: ProxyProgram? = .haproxy

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration {
        HAProxyText.configuration(place, backend: [])
    }
}
