/// The rules by which a request is refused before anything serves it.
///
/// The raw value names the rule in the log and in the table of Docs/Protocol.md, which a test compares with this
/// list.
public enum RequestRule: String, CaseIterable, Error {
    case lineEnd = "line-end"
    case requestLine = "request-line"
    case requestLineLength = "request-line-length"
    case version
    case connect
    case target
    case encodedControl = "encoded-control"
    case fieldLine = "field-line"
    case fieldName = "field-name"
    case lineFolding = "line-folding"
    case fieldValue = "field-value"
    case headLength = "head-length"
    case hostMissing = "host-missing"
    case hostTwice = "host-twice"
    case host
    case contentLength = "content-length"
    case contentLengthTwice = "content-length-twice"
    case lengthAndCoding = "length-and-coding"
    case codingInHTTP10 = "coding-in-http-1.0"
    case transferCoding = "transfer-coding"
    case chunkedOnce = "chunked-once"
    case expectation
    case webSocketMethod = "websocket-method"
    case webSocketBody = "websocket-body"
    case webSocketVersion = "websocket-version"
    case webSocketKey = "websocket-key"
    case chunk
    case chunkedLength = "chunked-length"
    case chunkedBodies = "chunked-bodies"
    case pseudoHeader = "pseudo-header"
    case connectionField = "connection-field"
    case authority
    case bodyLength = "body-length"
    case streams

    public var status: Int {
        switch self {
        case .webSocketMethod: 405
        case .chunkedLength: 413
        case .requestLineLength: 414
        case .expectation: 417
        case .webSocketVersion: 426
        case .headLength: 431
        case .connect, .transferCoding: 501
        case .chunkedBodies, .streams: 503
        case .version: 505
        default: 400
        }
    }

    /// The section of the standard that has the rule.
    public var section: String {
        switch self {
        case .lineEnd: "RFC 9112, 2.2"
        case .requestLine: "RFC 9112, 3"
        case .requestLineLength: "RFC 9110, 15.5.15"
        case .version: "RFC 9112, 2.3"
        case .connect: "RFC 9110, 9.3.6"
        case .target: "RFC 9112, 3.2"
        case .encodedControl: "RFC 3986, 7.3"
        case .fieldLine: "RFC 9112, 5"
        case .fieldName: "RFC 9112, 5.1"
        case .lineFolding: "RFC 9112, 5.2"
        case .fieldValue: "RFC 9110, 5.5"
        case .headLength: "RFC 6585, 5"
        case .hostMissing, .hostTwice: "RFC 9112, 3.2"
        case .host: "RFC 9110, 7.2"
        case .contentLength, .contentLengthTwice: "RFC 9110, 8.6"
        case .lengthAndCoding, .codingInHTTP10, .transferCoding, .chunkedOnce: "RFC 9112, 6.1"
        case .expectation: "RFC 9110, 10.1.1"
        case .webSocketMethod, .webSocketBody, .webSocketKey: "RFC 6455, 4.2.1"
        case .webSocketVersion: "RFC 6455, 4.4"
        case .chunk: "RFC 9112, 7.1"
        case .chunkedLength: "RFC 9110, 15.5.14"
        case .chunkedBodies: "RFC 9110, 15.6.4"
        case .pseudoHeader, .authority: "RFC 9113, 8.3.1"
        case .connectionField: "RFC 9113, 8.2.2"
        case .bodyLength: "RFC 9113, 8.1.1"
        case .streams: "RFC 9113, 5.1.2"
        }
    }

    /// What the peer should do.
    public var detail: String {
        switch self {
        case .lineEnd: "end each line with CR LF, and have neither anywhere else"
        case .requestLine: "begin with a method, a target and a version, with one space between them"
        case .requestLineLength: "the request line is longer than a head may be"
        case .version: "send HTTP/1.1"
        case .connect: "this server is no proxy, and opens no tunnels"
        case .target: "send a path that begins with '/', or an http URI, percent-encoded and without a fragment"
        case .encodedControl: "encode no line end and no NUL in the target"
        case .fieldLine: "put a colon behind each field's name"
        case .fieldName: "a field's name is a token, directly in front of its colon"
        case .lineFolding: "write each field on one line"
        case .fieldValue: "a field's value has no control characters"
        case .headLength: "the head of the request is too long: send fewer or shorter fields"
        case .hostMissing: "send a Host field"
        case .hostTwice: "send one Host field"
        case .host: "the value of Host is a name or an address, and a port where there is one"
        case .contentLength: "the value of Content-Length is one decimal number"
        case .contentLengthTwice: "send one Content-Length field"
        case .lengthAndCoding: "send Content-Length or Transfer-Encoding, not both"
        case .codingInHTTP10: "HTTP/1.0 has no Transfer-Encoding: send a Content-Length"
        case .transferCoding: "this server takes the transfer coding 'chunked' alone"
        case .chunkedOnce: "name the transfer coding 'chunked' once"
        case .expectation: "this server meets the expectation '100-continue' alone"
        case .webSocketMethod: "open a WebSocket with GET"
        case .webSocketBody: "a request for a WebSocket has no body"
        case .webSocketVersion: "send Sec-WebSocket-Version: 13"
        case .webSocketKey: "send one Sec-WebSocket-Key, of 16 bytes in base64"
        case .chunk: "the body is not in the chunked coding that it announces"
        case .chunkedLength: "the body is too large"
        case .chunkedBodies: "many chunked bodies are on their way: send it with Content-Length, or later"
        case .pseudoHeader:
            "send :method, :scheme (http or https), :authority and :path, each once and before other fields"
        case .connectionField: "HTTP/2 has no fields of a connection, and 'te' may say 'trailers' alone"
        case .authority: "host and :authority are to be the same"
        case .bodyLength: "content-length is to be the length of the body"
        case .streams: "the connection has as many requests and streams as it may have: wait for one to end"
        }
    }

    /// The header fields of the answer, besides its problem details.
    public var headers: [(name: String, value: String)] {
        switch self {
        case .webSocketMethod: [("allow", "GET")]
        case .chunkedBodies, .streams: [("retry-after", "1")]
        case .webSocketVersion:
            [("sec-websocket-version", "13"), ("upgrade", "websocket"), ("connection", "upgrade")]
        default: []
        }
    }
}

/// A request that a rule refuses.
public struct RequestRejection: Error, Equatable {
    public var rule: RequestRule
    /// The name of the field that is refused; empty for none.
    public var field: String
    /// The target without its query, as it was sent; empty where it has not come yet.
    public var path: String
    /// Empty where it has not come yet.
    public var method: String

    /// A text for the log.
    public var words: String { "\(rule.rawValue)\(field.isEmpty ? "" : " (\(field))"): \(rule.detail)" }

    public init(_ rule: RequestRule, field: String = "", path: String = "", method: String = "") {
        self.rule = rule
        self.field = field
        self.path = path
        self.method = method
    }
}
