/// HAProxy as it comes: each event of a stream waits 200 ms for the next in the kernel.
public struct HAProxyDefaultPath: NetworkPath {
    public let name = "haproxy-default"
    public let purpose = "HAProxy as it comes: SSE events wait 200 ms"
    public let program: ProxyProgram? = .haproxy

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration {
        HAProxyText.configuration(place, backend: [])
    }
}
