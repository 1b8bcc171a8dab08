/// nginx as it should be before streams.
public struct NginxPath: NetworkPath {
    public let name = "nginx"
    public let purpose = "nginx that passes Upgrade on"
    public let program: ProxyProgram? = .nginx

    public init() {}

    /// HTTP/1.1 is what an Upgrade demands (RFC 9110, section 7.8): nginx speaks HTTP/1.0 by itself. Buffering needs no line: our streams say `X-Accel-Buffering: no`, and nginx does as it is told (`nginx-buffering`
    /// shows what it does otherwise).
    public func configuration(_ place: PathPlace) -> PathConfiguration {
        NginxText.configuration(
            place,
            location: [
                "proxy_http_version 1.1;  # for websocket",
                "proxy_set_header Upgrade $http_upgrade;  # for websocket",
                "proxy_set_header Connection $http_connection;  # for websocket",
            ])
    }
}
