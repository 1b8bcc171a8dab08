/// nginx that cuts idle connections: `proxy_read_timeout`, 60 s by default, is shorter than the heartbeat.
public struct NginxIdlePath: NetworkPath {
    public let name = "nginx-idle"
    public let purpose = "nginx that cuts a connection after 1 s without a byte from the server"
    public let program: ProxyProgram? = .nginx

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration {
        NginxText.configuration(
            place,
            location: [
                "proxy_read_timeout 1s;",
                "proxy_http_version 1.1;  # for websocket",
                "proxy_set_header Upgrade $http_upgrade;  # for websocket",
                "proxy_set_header Connection $http_connection;  # for websocket",
            ])
    }
}
