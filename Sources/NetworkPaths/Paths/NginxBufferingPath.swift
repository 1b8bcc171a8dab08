/// nginx with its buffering, for streams that don't say `X-Accel-Buffering: no` or before which somebody ignores it.
///
/// It buffers what the server's end delimits, as it does over HTTP/1.0, which nginx speaks to servers unless told otherwise;
/// chunks would pass.
public struct NginxBufferingPath: NetworkPath {
    public let name = "nginx-buffering"
    public let purpose = "nginx that buffers whatever the response says"
    public let program: ProxyProgram? = .nginx

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration {
        NginxText.configuration(place, location: ["proxy_ignore_headers X-Accel-Buffering;"])
    }
}
