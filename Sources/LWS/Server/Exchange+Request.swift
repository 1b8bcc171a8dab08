import CLibwebsockets

/// The parts of a request: its path, its fields, and whether a body follows.
extension Exchange {
    /// The path's segments: `/orders/a` has two, `/` has one that is empty. The path begins with a slash.
    package var pathSegments: [Substring] { Self.segments(of: path) }

    static func segments(of path: String) -> [Substring] {
        path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            Substring($0)
        }
    }

    /// The subprotocols that a WebSocket's peer offers (RFC 6455, section 11.3.4).
    package var offeredSubprotocols: [String] { head?.offeredSubprotocols ?? [] }

    /// Whether the request opens a WebSocket.
    package var opensWebSocket: Bool { head?.opensWebSocket ?? false }

    /// The value of a header field by its lower-case name; nil where it is absent. It is valid until the response
    /// begins.
    public func header(_ name: String) -> String? { head?.value(name) }

    /// The header fields whose names begin with `prefix`, in lower case, including repetitions.
    public func headers(beginningWith prefix: String) -> [(name: String, value: String)] {
        head?.fields(beginningWith: prefix) ?? []
    }

    /// Every value of a query parameter, percent-decoded.
    public func queries(_ name: String) -> [String] { head?.queries(name) ?? [] }

    public func query(_ name: String) -> String? { queries(name).first }

    /// Every value of a cookie, also where the name or the field occurs twice (RFC 6265, section 5.4). Quotes are
    /// kept.
    public func cookies(_ name: String) -> [String] {
        var values: [String] = []
        for field in head?.values("cookie") ?? [] {
            // By bytes: among characters, GREEK QUESTION MARK equals a semicolon, and an equals sign with an accent
            // is another character.
            for pair in field.utf8.split(separator: UInt8(ascii: ";")) {
                let pair = pair.drop { $0 == UInt8(ascii: " ") }
                let value = pair.dropFirst(name.utf8.count)
                guard pair.starts(with: name.utf8), value.first == UInt8(ascii: "=") else { continue }
                values.append(String(Substring(value.dropFirst())))
            }
        }
        return values
    }

    /// The client's certificate that TLS has verified on this connection; nil where it sent none.
    public var peerCertificate: PeerCertificate? {
        guard let wsi, let network = lws_get_network_wsi(wsi), lws_is_ssl(network) != 0 else { return nil }
        return lws_get_ssl(network).flatMap { PeerCertificate($0) }
    }

    /// The length in the request's header; nil for none.
    public var announcedLength: Int? { header("content-length").flatMap { Int($0) } }

    /// Whether the request has a body. Its length may be known only at its end.
    public var announcesBody: Bool { announcedLength != nil || head?.framing == .chunked }
}
