/// nginx as it should be configured for streams.
public struct NginxPath: NetworkPath {
    public let name = "nginx"
    public let purpose = "nginx that passes Upgrade on"
    public let program: ProxyProgram? = .nginx

    public init() {}

    /// An upgrade requires HTTP/1.1 (RFC 9110, section 7.8), and nginx uses HTTP/1.0 by default. Buffering needs no
    /// line: our streams send `X-Accel-Buffering: no`, and nginx obeys it (`nginx-buffering` shows the effect of
    /// ignoring it).
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
