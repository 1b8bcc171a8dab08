import CLibwebsockets

/// The header of a response, valid during the call that hands it on.
public struct ClientResponse {
    public let status: Int
    public let isHTTP2: Bool
    private let source: Source

    /// Where the fields are read from.
    private enum Source {
        case libwebsockets(OpaquePointer)
        case head(ClientResponseReader.Head)
    }

    /// Of HTTP/2.
    init(_ wsi: OpaquePointer) {
        source = .libwebsockets(wsi)
        status = Int(lws_http_client_http_response(wsi))
        isHTTP2 = tandem_is_h2(wsi) != 0
    }

    init(_ head: ClientResponseReader.Head) {
        source = .head(head)
        status = head.status
        isHTTP2 = false
    }

    /// The value of a header field by its lower-case name; nil where it is absent.
    ///
    /// Over HTTP/2, libwebsockets 4.1 drops the fields that it has no token for.
    public func header(_ name: String) -> String? {
        switch source {
        case .head(let head): head[name]
        case .libwebsockets(let wsi): Self.tokens[name].flatMap { HeaderFields(wsi: wsi)[$0] }
        }
    }

    /// The fields, with lower-case names; over HTTP/2, those that libwebsockets has a token for.
    public var headers: [(name: String, value: String)] {
        switch source {
        case .head(let head):
            head.fields.map { ($0.name, $0.value) }
        case .libwebsockets(let wsi):
            Self.tokens.compactMap { name, token in HeaderFields(wsi: wsi)[token].map { (name, $0) } }
                .sorted { $0.name < $1.name }
        }
    }

    /// Whole seconds; nil where the field is absent or holds a date (RFC 9110, section 10.2.3).
    public var retryAfter: Int? { header("retry-after").flatMap { Int($0) } }

    /// libwebsockets' own table, without the request lines, the pseudo-fields of HTTP/2 and what it notes for itself.
    private static let tokens: [String: lws_token_indexes] = {
        var tokens: [String: lws_token_indexes] = [:]
        for index in 0..<WSI_TOKEN_COUNT.rawValue {
            let token = lws_token_indexes(rawValue: index)
            guard let bytes = lws_token_to_string(token) else { continue }
            let name = String(cString: UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self))
            guard name.count > 1, name.hasSuffix(":"), !name.hasPrefix(":") else { continue }
            tokens[String(name.dropLast())] = token
        }
        return tokens
    }()
}
