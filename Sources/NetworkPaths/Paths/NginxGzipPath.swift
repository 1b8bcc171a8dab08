/// nginx that compresses streams too: to a client that accepts gzip, as browsers do, it holds events back until the
/// compressor has enough of them, whatever `X-Accel-Buffering` says.
public struct NginxGzipPath: NetworkPath {
    public let name = "nginx-gzip"
    public let purpose = "nginx that compresses text/event-stream for clients that accept gzip"
    public let program: ProxyProgram? = .nginx

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration {
        NginxText.configuration(
            place, http: ["gzip on;", "gzip_types text/event-stream application/json;", "gzip_proxied any;"],
            location: [
                "proxy_http_version 1.1;  # for websocket",
                "proxy_set_header Upgrade $http_upgrade;  # for websocket",
                "proxy_set_header Connection $http_connection;  # for websocket",
            ])
    }
}
