/// An HTTP proxy that tunnels every connection (RFC 9110, section 9.3.6), with or without TLS.
public struct ClientProxy: Hashable, Sendable {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
