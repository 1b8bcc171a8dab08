/// Builds the head of a request over HTTP/2 from its fields, and checks it by the rules of HTTP/1.1 and those of
/// HTTP/2 (RFC 9113, section 8).
struct HTTP2RequestHead {
    /// SETTINGS_MAX_HEADER_LIST_SIZE counts 32 bytes for each field in addition to its own (RFC 9113, section 6.5.2).
    private static let fieldOverhead = 32
    /// The pseudo-header fields of a request.
    private enum Part: Int {
        case method, scheme, authority, path

        static let names = [":method", ":scheme", ":authority", ":path"].map { Array($0.utf8) }
    }

    private let limit: Int
    private let isOfTrailers: Bool
    private var size = 0
    private var bytes: [UInt8] = []
    private var fields: [RequestHead.Field] = []
    /// The pseudo-header fields, by `Part`.
    private var parts = [Range<Int>?](repeating: nil, count: Part.names.count)
    /// The first rule that was broken, with the name of the field.
    private var broken: (rule: RequestRule, field: String)?

    /// - Parameters:
    ///   - limit: the maximum size of the head.
    ///   - isOfTrailers: whether the fields follow a body (section 8.1).
    init(limit: Int, isOfTrailers: Bool = false) {
        self.limit = limit
        self.isOfTrailers = isOfTrailers
    }

    /// Whether a field has broken a rule.
    var isBroken: Bool { broken != nil }

    mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        size += name.count + value.count + Self.fieldOverhead
        guard size <= limit else { return breaks(.headLength, "") }
        if name.first == UInt8(ascii: ":") { return addPart(name, value) }
        guard !name.isEmpty, name.allSatisfy({ $0.isTokenCharacter && $0 == $0.lowercased }) else {
            return breaks(.fieldName, String(decoding: name.prefix(64).filter(\.isTokenCharacter), as: UTF8.self))
        }
        guard value.allSatisfy(\.isFieldText), value.first?.isBlank != true, value.last?.isBlank != true else {
            return breaks(.fieldValue, String(decoding: name, as: UTF8.self))
        }
        guard !Self.ofConnections.contains(where: { $0.elementsEqual(name) }),
            !name.elementsEqual("te".utf8) || value.elementsEqual("trailers".utf8)
        else { return breaks(.connectionField, String(decoding: name, as: UTF8.self)) }
        fields.append(RequestHead.Field(name: append(name), value: append(value)))
    }

    private mutating func addPart(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        guard let part = Part.names.firstIndex(where: { $0.elementsEqual(name) }), parts[part] == nil, fields.isEmpty,
            !isOfTrailers
        else {
            return breaks(.pseudoHeader, String(decoding: name.prefix(64).filter(\.isFieldText), as: UTF8.self))
        }
        parts[part] = append(value)
    }

    private subscript(part: Part) -> ArraySlice<UInt8>? { parts[part.rawValue].map { bytes[$0] } }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        bytes += text
        return (bytes.count - text.count)..<bytes.count
    }

    private mutating func breaks(_ rule: RequestRule, _ field: String) {
        if broken == nil { broken = (rule, field) }
    }

    /// - Parameter endsStream: whether no body follows.
    consuming func finish(endsStream: Bool) -> Result<RequestHead, RequestRejection> {
        let method = self[.method].map { String(decoding: $0.filter(\.isTokenCharacter), as: UTF8.self) } ?? ""
        let target = self[.path]?.prefix { $0 != UInt8(ascii: "?") } ?? []
        func refused(_ rule: RequestRule, _ field: String = "") -> Result<RequestHead, RequestRejection> {
            .failure(
                RequestRejection(
                    rule, field: field, path: String(decoding: target.prefix(64), as: UTF8.self), method: method))
        }
        if let broken { return refused(broken.rule, broken.field) }
        guard !method.isEmpty, method.utf8.count == self[.method]?.count else {
            return refused(.pseudoHeader, ":method")
        }
        guard method != "CONNECT" else { return refused(.connect) }
        guard let scheme = self[.scheme], scheme.isNamed("http") || scheme.isNamed("https") else {
            return refused(.pseudoHeader, ":scheme")
        }
        guard let whole = self[.path] else { return refused(.pseudoHeader, ":path") }
        guard whole.first == UInt8(ascii: "/") || whole.elementsEqual("*".utf8) else { return refused(.target) }
        let line: RequestLine
        switch RequestLine.parse(target: whole, method: method) {
        case .failure(let rule): return refused(rule)
        case .success(let parsed):
            line = RequestLine(
                method: method, path: parsed.path, query: parsed.query, isHTTP10: false,
                authority: parts[Part.authority.rawValue])
        }
        var head = RequestHead(bytes: bytes, fields: fields, line: line)
        let hosts = head.ranges(of: "host").map { bytes[$0] }
        guard hosts.count < 2 else { return refused(.hostTwice, "host") }
        guard let host = line.authority.map({ bytes[$0] }) ?? hosts.first else {
            return refused(.hostMissing, ":authority")
        }
        guard !host.isEmpty, HostValue.isValid(host) else {
            return refused(.host, line.authority == nil ? "host" : ":authority")
        }
        guard hosts.allSatisfy({ $0.map(\.lowercased) == host.map(\.lowercased) }) else {
            return refused(.authority, "host")
        }
        head.host = String(decoding: host, as: UTF8.self)
        if let (rule, field) = head.judge(endsWithStream: !endsStream) { return refused(rule, field.lowercased()) }
        if endsStream, case .length(1...) = head.framing { return refused(.bodyLength, "content-length") }
        return .success(head)
    }

    /// Fields that HTTP/2 replaces by other means (RFC 9113, section 8.2.2).
    private static let ofConnections = [
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
    ].map { Array($0.utf8) }
}
