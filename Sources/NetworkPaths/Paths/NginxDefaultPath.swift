/// nginx with `proxy_pass` and nothing else: HTTP/1.0 to the server, no Upgrade, responses buffered unless they say otherwise.
public struct NginxDefaultPath: NetworkPath {
    public let name = "nginx-default"
    public let purpose = "nginx with proxy_pass and nothing else"
    public let program: ProxyProgram? = .nginx

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration {
        NginxText.configuration(place, location: [])
    }
}
