/// nginx with `proxy_pass` and nothing else: HTTP/1.0 to the server, no upgrade, and responses buffered unless they
/// ask not to be.
public struct NginxDefaultPath: NetworkPath {
    public let name = "nginx-default"
    public let purpose = "nginx with proxy_pass and nothing else"
    public let program: ProxyProgram? = .nginx

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration {
        NginxText.configuration(place, location: [])
    }
}
