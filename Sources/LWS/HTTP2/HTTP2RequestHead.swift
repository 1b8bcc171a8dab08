/// Puts the head of a request over HTTP/2 together from its fields, and judges it by the rules of HTTP/1.1 and some of its own
/// (RFC 9113, section 8).
struct HTTP2RequestHead {
    /// As SETTINGS_MAX_HEADER_LIST_SIZE counts (RFC 9113, section 6.5.2): 32 more than its bytes for each field.
    private static let fieldOverhead = 32
    /// Of a request, by the names of its pseudo-header fields.
    private enum Part: CaseIterable {
        case method, scheme, authority, path

        var name: String { ":\(self)" }
    }

    private let limit: Int
    private var size = 0
    private var bytes: [UInt8] = []
    private var fields: [RequestHead.Field] = []
    private var parts: [Part: Range<Int>] = [:]
    /// The first rule that a field broke, and its name.
    private var broken: (rule: RequestRule, field: String)?

    /// - Parameter limit: the most that a head may have.
    init(limit: Int) { self.limit = limit }

    mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        size += name.count + value.count + Self.fieldOverhead
        guard size <= limit else { return breaks(.headLength, "") }
        if name.first == UInt8(ascii: ":") { return addPart(name, value) }
        guard !name.isEmpty, name.allSatisfy({ $0.isTokenCharacter && $0 == $0.lowercased }) else {
            return breaks(.fieldName, String(decoding: name.prefix(64).filter(\.isTokenCharacter), as: UTF8.self))
        }
        let text = String(decoding: name, as: UTF8.self)
        guard value.allSatisfy(\.isFieldText), value.first?.isBlank != true, value.last?.isBlank != true else {
            return breaks(.fieldValue, text)
        }
        guard !Self.ofConnections.contains(text), text != "te" || value.elementsEqual("trailers".utf8) else {
            return breaks(.connectionField, text)
        }
        fields.append(RequestHead.Field(name: append(name), value: append(value)))
    }

    private mutating func addPart(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        guard let part = Part.allCases.first(where: { $0.name.utf8.elementsEqual(name) }), parts[part] == nil,
            fields.isEmpty
        else {
            return breaks(.pseudoHeader, String(decoding: name.prefix(64).filter(\.isFieldText), as: UTF8.self))
        }
        parts[part] = append(value)
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        bytes += text
        return (bytes.count - text.count)..<bytes.count
    }

    private mutating func breaks(_ rule: RequestRule, _ field: String) {
        if broken == nil { broken = (rule, field) }
    }

    /// - Parameter endsStream: whether no body follows.
    consuming func finish(endsStream: Bool) -> Result<RequestHead, RequestRejection> {
        let method = parts[.method].map { String(decoding: bytes[$0].filter(\.isTokenCharacter), as: UTF8.self) } ?? ""
        let target = parts[.path].map { bytes[$0].prefix { $0 != UInt8(ascii: "?") } } ?? []
        let path = String(decoding: target.prefix(64), as: UTF8.self)
        func refused(_ rule: RequestRule, _ field: String = "") -> Result<RequestHead, RequestRejection> {
            .failure(RequestRejection(rule, field: field, path: path, method: method))
        }
        if let broken { return refused(broken.rule, broken.field) }
        guard !method.isEmpty, method.utf8.count == parts[.method]?.count else { return refused(.pseudoHeader, ":method") }
        guard method != "CONNECT" else { return refused(.connect) }
        guard let scheme = parts[.scheme].map({ bytes[$0] }), scheme.isNamed("http") || scheme.isNamed("https") else {
            return refused(.pseudoHeader, ":scheme")
        }
        guard let whole = parts[.path].map({ bytes[$0] }) else { return refused(.pseudoHeader, ":path") }
        guard whole.first == UInt8(ascii: "/") || whole.elementsEqual("*".utf8) else { return refused(.target) }
        let line: RequestLine
        switch RequestLine.parse(target: whole, method: method) {
        case .failure(let rule): return refused(rule)
        case .success(let parsed):
            line = RequestLine(
                method: method, path: parsed.path, query: parsed.query, isHTTP10: false, authority: parts[.authority])
        }
        var head = RequestHead(bytes: bytes, fields: fields, line: line)
        let hosts = head.ranges(of: "host").map { bytes[$0] }
        guard hosts.count < 2 else { return refused(.hostTwice, "host") }
        guard let host = line.authority.map({ bytes[$0] }) ?? hosts.first else { return refused(.hostMissing, ":authority") }
        guard HostValue.isValid(host) else { return refused(.host, line.authority == nil ? "host" : ":authority") }
        guard hosts.allSatisfy({ $0.map(\.lowercased) == host.map(\.lowercased) }) else { return refused(.authority, "host") }
        head.host = host.isEmpty ? nil : String(decoding: host, as: UTF8.self)
        if let (rule, field) = head.judge() { return refused(rule, field.lowercased()) }
        if endsStream {
            if case .length(1...) = head.framing { return refused(.bodyLength, "content-length") }
        } else if head.framing == .none {
            // Its end says how long it is, as with the chunked coding.
            head.framing = .chunked
        }
        return .success(head)
    }

    /// What HTTP/2 has other means for (RFC 9113, section 8.2.2).
    private static let ofConnections: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
    ]
}
