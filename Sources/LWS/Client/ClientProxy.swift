/// An HTTP proxy that opens a tunnel to every server (RFC 9110, section 9.3.6), with TLS or without.
public struct ClientProxy: Hashable, Sendable {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
