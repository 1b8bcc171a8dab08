import CLibwebsockets

/// The head of a request over HTTP/2, as far as libwebsockets tells of it: fields that it has no token for, it drops.
struct HTTP2Head {
    let fields: HeaderFields
    /// Whether no body will come, as far as can be seen.
    let endsStream: Bool

    /// Why the request is to be refused; nil where nothing is wrong with it (RFC 9113, section 8).
    var flaw: RequestFlaw? {
        // What came after may be missing.
        guard tandem_head_is_full(fields.wsi) == 0 else {
            return RequestFlaw(431, "the head has too many fields: send at most some 40 (RFC 6585, section 5)")
        }
        for (token, name) in Self.forbidden where fields.fragment(token, 0) != nil {
            return RequestFlaw(400, "HTTP/2 has no field \(name) (RFC 9113, section 8.2.2)")
        }
        for token in 0..<WSI_TOKEN_COUNT.rawValue
        where fields.contains(lws_token_indexes(rawValue: token), where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) {
            return RequestFlaw(400, "a field has no line end and no NUL (RFC 9113, section 8.2.1)")
        }
        // Two paths are one for libwebsockets, and so are the parts of one that has an ampersand or a semicolon before its query.
        guard isSingle(WSI_TOKEN_HTTP_COLON_PATH) else {
            return RequestFlaw(400, "give one path, and encode an ampersand and a semicolon in it")
        }
        guard ["http", "https"].contains(fields[WSI_TOKEN_HTTP_COLON_SCHEME]?.lowercased()) else {
            return RequestFlaw(400, "the scheme is http or https (RFC 9113, section 8.3.1)")
        }
        if let expected = fields[WSI_TOKEN_HTTP_EXPECT], expected.lowercased() != "100-continue" {
            return RequestFlaw(.expectation)
        }
        return authorityFlaw ?? lengthFlaw
    }

    private var authorityFlaw: RequestFlaw? {
        let names = [WSI_TOKEN_HTTP_COLON_AUTHORITY, WSI_TOKEN_HOST].filter { fields.fragment($0, 0) != nil }
        let values = names.map { (fields[$0] ?? "").utf8.map(\.lowercased) }
        guard names.allSatisfy(isSingle), values.allSatisfy({ HostValue.isValid($0[...]) }) else {
            return RequestFlaw(400, "give one authority: a name or an address, and a port where there is one")
        }
        guard values.first == values.last else {
            return RequestFlaw(400, "host and :authority are not the same (RFC 9113, section 8.3.1)")
        }
        return nil
    }

    private var lengthFlaw: RequestFlaw? {
        guard fields.fragment(WSI_TOKEN_HTTP_CONTENT_LENGTH, 0) != nil else {
            // libwebsockets 4.1 does not tell of an end that the length does not.
            return endsStream ? nil : RequestFlaw(411, "send a content-length, or end the stream with its head")
        }
        let length = fields[WSI_TOKEN_HTTP_CONTENT_LENGTH] ?? ""
        guard isSingle(WSI_TOKEN_HTTP_CONTENT_LENGTH), (1...18).contains(length.utf8.count),
            length.utf8.allSatisfy(\.isDigit)
        else {
            return RequestFlaw(400, "content-length is one number (RFC 9110, section 8.6)")
        }
        guard !endsStream || Int(length) == 0 else {
            return RequestFlaw(400, "content-length says \(length), and there is no body (RFC 9113, section 8.1.1)")
        }
        return nil
    }

    private func isSingle(_ token: lws_token_indexes) -> Bool { fields.fragment(token, 1) == nil }

    /// `connection` is libwebsockets' own to refuse: it ends the connection.
    private static let forbidden = [
        (WSI_TOKEN_HTTP_TRANSFER_ENCODING, "transfer-encoding"), (WSI_TOKEN_UPGRADE, "upgrade"),
    ]
}

/// Why a request is refused before anything else of it is looked at.
public struct RequestFlaw: Sendable {
    public var status: Int
    public var detail: String
    /// In seconds.
    public var retryAfter: Int?

    init(_ rule: RequestRule) { self.init(rule.status, rule.detail) }

    init(_ status: Int, _ detail: String, retryAfter: Int? = nil) {
        self.status = status
        self.detail = detail
        self.retryAfter = retryAfter
    }
}
