/// nginx with buffering, for streams without `X-Accel-Buffering: no`, or where a proxy ignores it.
///
/// It buffers a response that ends with the server's connection, which is the case over HTTP/1.0. nginx uses that
/// version to servers unless configured otherwise. Chunks would pass.
public struct NginxBufferingPath: NetworkPath {
    public let name = "nginx-buffering"
    public let purpose = "nginx that buffers whatever the response says"
    public let program: ProxyProgram? = .nginx

    public init() {}

    public func configuration(_ place: PathPlace) -> PathConfiguration {
        NginxText.configuration(place, location: ["proxy_ignore_headers X-Accel-Buffering;"])
    }
}
