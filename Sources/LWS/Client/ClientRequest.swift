/// A request that a client sends: an HTTP request, or the handshake of a WebSocket.
public struct ClientRequest: Sendable {
    /// The HTTP version to use. It is not negotiated downwards, because a measurement names its version.
    public enum Version: Sendable {
        case h1
        /// By ALPN with TLS, by prior knowledge without (RFC 9113, sections 3.2 and 3.3).
        case h2
    }

    public var method = "GET"
    /// A host name or an IP address, IPv6 without brackets. It is also the value of the Host field, and the
    /// certificate must be valid for it.
    public var host: String
    public var port: Int
    /// Path and query, percent-encoded.
    public var path: String
    /// With lower-case names; `host` and `content-length` are added.
    public var headers: [(name: String, value: String)] = []
    public var body: [UInt8] = []
    public var tls = false
    public var version = Version.h1
    /// The local address to connect from; nil leaves it to the system.
    public var localAddress: String?
    /// The time from the call to the end of the response's header.
    public var deadline: Duration = .seconds(10)

    public init(host: String, port: Int, path: String) {
        self.host = host
        self.port = port
        self.path = path
    }

    /// The URL of the request.
    public var url: HTTPURL {
        get { HTTPURL(tls: tls, host: host, port: port, path: path) }
        set { (tls, host, port, path) = (newValue.tls, newValue.host, newValue.port, newValue.path) }
    }

    /// The Host field: with the port, unless it is the scheme's default (RFC 9110, sections 4.2.3 and 7.2).
    var authority: String { port == (tls ? 443 : 80) ? bracketedHost : "\(bracketedHost):\(port)" }

    /// The host in the form of a URL (RFC 3986, section 3.2.2).
    var bracketedHost: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host }

    /// The fields that are sent, without the host.
    var fields: [(name: String, value: String)] {
        guard !body.isEmpty || method == "POST" || method == "PUT" else { return headers }
        return headers + [("content-length", String(body.count))]
    }

    /// The header of the request over HTTP/1.1.
    var head: [UInt8] {
        var text = "\(method) \(path) HTTP/1.1\r\nhost: \(authority)\r\n"
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        return Array(text.utf8) + [0x0D, 0x0A]
    }

    /// Why the request cannot be sent; nil where it can.
    var rejection: String? {
        func breaksOut(_ text: String) -> Bool { text.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F } }
        if !(1...65_535).contains(port) { return "\(port) is not a port: take 1 to 65535" }
        if host.isEmpty || breaksOut(host) { return "'\(host)' is not a host" }
        if !path.hasPrefix("/") || path.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
            return "the path '\(path)' must begin with '/' and be percent-encoded"
        }
        if method.isEmpty || !method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) {
            return "'\(method)' is not an HTTP method: write it in capitals"
        }
        if let field = headers.first(where: { $0.name.isEmpty || breaksOut($0.name) || breaksOut($0.value) }) {
            return "the header field '\(field.name)' holds a control character"
        }
        return nil
    }
}
