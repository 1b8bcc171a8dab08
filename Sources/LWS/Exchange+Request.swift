import CLibwebsockets

/// What a request says: its path, its fields, and whether a body follows.
extension Exchange {
    /// The path's segments: `/orders/a` has two, `/` has one that is empty. The path begins with a slash.
    package var pathSegments: [Substring] {
        path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            Substring($0)
        }
    }

    /// The value of a header field by its lower-case name; nil where it is absent. Valid until the response begins.
    ///
    /// Over HTTP/2, libwebsockets 4.1 drops the fields that it has no token for: `last-event-id` is always absent there.
    public func header(_ name: String) -> String? {
        guard isHTTP2 else { return head?.value(name) }
        guard let wsi, let token = Self.tokens[name] else { return nil }
        let fields = HeaderFields(wsi: wsi)
        return fields[token] ?? (name == "host" ? fields[WSI_TOKEN_HOST] : nil)
    }

    /// The header fields whose names begin with `prefix`, in lower case, each as often as it stands; none over HTTP/2, where
    /// libwebsockets 4.1 drops the fields that it has no token for.
    public func headers(beginningWith prefix: String) -> [(name: String, value: String)] {
        head?.fields(beginningWith: prefix) ?? []
    }

    /// Every value of a query parameter, percent-decoded.
    public func queries(_ name: String) -> [String] {
        guard isHTTP2 else { return head?.queries(name) ?? [] }
        guard let fields = wsi.map(HeaderFields.init) else { return [] }
        let prefix = name + "="
        var values: [String] = []
        var index: Int32 = 0
        // A request line is bounded, and so is the number of its parameters.
        while index < 4096, let argument = fields.fragment(WSI_TOKEN_HTTP_URI_ARGS, index) {
            // By bytes: a character that joins the equals sign would hide the parameter from us, and not from others.
            if argument.utf8.starts(with: prefix.utf8) {
                values.append(String(Substring(argument.utf8.dropFirst(prefix.utf8.count))))
            }
            index += 1
        }
        return values
    }

    public func query(_ name: String) -> String? { queries(name).first }

    /// Every value of a cookie, also where the name or the field stands twice (RFC 6265, section 5.4). Quotes stay.
    public func cookies(_ name: String) -> [String] {
        var values: [String] = []
        for field in cookieFields {
            // By bytes: to a character, GREEK QUESTION MARK is a semicolon, and an equals sign with an accent is none.
            for pair in field.utf8.split(separator: UInt8(ascii: ";")) {
                let pair = pair.drop { $0 == UInt8(ascii: " ") }
                let value = pair.dropFirst(name.utf8.count)
                guard pair.starts(with: name.utf8), value.first == UInt8(ascii: "=") else { continue }
                values.append(String(Substring(value.dropFirst())))
            }
        }
        return values
    }

    private var cookieFields: [String] {
        guard isHTTP2 else { return head?.values("cookie") ?? [] }
        guard let fields = wsi.map(HeaderFields.init) else { return [] }
        // By fields: libwebsockets would copy them one behind the other, without a separator.
        var values: [String] = []
        while values.count < 64, let field = fields.fragment(WSI_TOKEN_HTTP_COOKIE, Int32(values.count)) {
            values.append(field)
        }
        return values
    }

    /// What TLS has verified of the client, on this connection; nil where it showed no certificate.
    public var peerCertificate: PeerCertificate? {
        guard let wsi, let network = lws_get_network_wsi(wsi), lws_is_ssl(network) != 0 else { return nil }
        return lws_get_ssl(network).flatMap { PeerCertificate($0) }
    }

    private static let tokens: [String: lws_token_indexes] = [
        "authorization": WSI_TOKEN_HTTP_AUTHORIZATION, "origin": WSI_TOKEN_ORIGIN,
        "host": WSI_TOKEN_HTTP_COLON_AUTHORITY,
        "if-none-match": WSI_TOKEN_HTTP_IF_NONE_MATCH, "content-type": WSI_TOKEN_HTTP_CONTENT_TYPE,
        "content-length": WSI_TOKEN_HTTP_CONTENT_LENGTH, "accept": WSI_TOKEN_HTTP_ACCEPT,
        "cookie": WSI_TOKEN_HTTP_COOKIE, "x-auth-token": WSI_TOKEN_X_AUTH_TOKEN,
        "sec-websocket-protocol": WSI_TOKEN_PROTOCOL,
    ]

    /// The length that the request announces, or nil.
    public var announcedLength: Int? { header("content-length").flatMap { Int($0) } }

    /// Whether the request has a body, of a length that may be known only at its end.
    public var announcesBody: Bool { announcedLength != nil || head?.framing == .chunked }
}
