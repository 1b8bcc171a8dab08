/// nginx that compresses streams. To a client that accepts gzip, as browsers do, it holds events back until the
/// compressor has enough of them.
///
/// It does so only where it buffers: with `X-Accel-Buffering: no` or `proxy_buffering off` it flushes the compressor
/// after each event. So here it ignores what the response asks for.
public struct NginxGzipPath: NetworkPath {
    public let name = "nginx-gzip"
    public let purpose = "nginx that compresses text/event-stream, whatever the response says of buffering"
    public let program: ProxyProgram? = .nginx

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration {
        NginxText.configuration(
            place, http: ["gzip on;", "gzip_types text/event-stream application/json;", "gzip_proxied any;"],
            location: [
                "proxy_ignore_headers X-Accel-Buffering;",
                "proxy_http_version 1.1;  # for websocket",
                "proxy_set_header Upgrade $http_upgrade;  # for websocket",
                "proxy_set_header Connection $http_connection;  # for websocket",
            ])
    }
}
