/// The first line of a request (RFC 9112, section 3).
struct RequestLine: Sendable {
    let method: String
    let path: String
    /// The range of the query in the bytes that the line is part of; empty where there is none.
    let query: Range<Int>
    let isHTTP10: Bool
    /// The authority of a target in absolute form. It takes precedence over the Host field (RFC 9112, section 3.2.2).
    let authority: Range<Int>?

    /// - Parameter line: without its line end.
    static func parse(_ line: ArraySlice<UInt8>) -> Result<RequestLine, RequestRule> {
        guard let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), last > first + 1 else {
            return .failure(.requestLine)
        }
        let token = line[..<first]
        let target = line[(first + 1)..<last]
        guard !token.isEmpty, token.allSatisfy(\.isTokenCharacter), !target.contains(0x20) else {
            return .failure(.requestLine)
        }
        let isHTTP10: Bool
        switch minorVersion(line[(last + 1)...]) {
        case .failure(let rule): return .failure(rule)
        case .success(let minor): isHTTP10 = minor == 0
        }
        let method = String(decoding: token, as: UTF8.self)
        guard method != "CONNECT" else { return .failure(.connect) }
        return parse(target: target, method: method).map { path, query, authority in
            RequestLine(method: method, path: path, query: query, isHTTP10: isHTTP10, authority: authority)
        }
    }

    private static func minorVersion(_ version: ArraySlice<UInt8>) -> Result<UInt8, RequestRule> {
        let start = version.startIndex
        guard version.count == 8, version.starts(with: "HTTP/".utf8), version[start + 5].isDigit,
            version[start + 6] == UInt8(ascii: "."), version[start + 7].isDigit
        else { return .failure(.requestLine) }
        guard version[start + 5] == UInt8(ascii: "1") else { return .failure(.version) }
        return .success(version[start + 7] - UInt8(ascii: "0"))
    }

    typealias Target = (path: String, query: Range<Int>, authority: Range<Int>?)

    static func parse(target: ArraySlice<UInt8>, method: String) -> Result<Target, RequestRule> {
        // Characters that browsers do not encode in queries ("{", "|") are accepted, although RFC 3986 requires
        // encoding.
        guard target.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else {
            return .failure(.target)
        }
        if target.elementsEqual("*".utf8), method == "OPTIONS" {
            return .success(("*", target.endIndex..<target.endIndex, nil))
        }
        var rest = target
        var authority: Range<Int>?
        if target.first != UInt8(ascii: "/") {
            guard let scheme = ["http://", "https://"].first(where: { target.prefix($0.utf8.count).isNamed($0) }) else {
                return .failure(.target)
            }
            rest = target.dropFirst(scheme.utf8.count)
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            guard end > rest.startIndex, HostValue.isValid(rest[..<end]) else { return .failure(.target) }
            authority = rest.startIndex..<end
            rest = rest[end...]
        }
        switch PercentEncoding.fault(in: rest) {
        case .incomplete: return .failure(.target)
        case .control: return .failure(.encodedControl)
        case nil: break
        }
        let mark = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        let path = rest[..<mark]
        // A target in absolute form may have no path. With OPTIONS it then means the whole server (RFC 9112, section
        // 3.2.4).
        let empty = method == "OPTIONS" && mark == rest.endIndex ? "*" : "/"
        return .success(
            (
                path.isEmpty ? empty : PercentEncoding.decode(path, isForm: false),
                min(mark + 1, rest.endIndex)..<rest.endIndex, authority
            ))
    }
}

/// `uri-host [ ":" port ]` (RFC 9110, section 7.2).
enum HostValue {
    static func isValid(_ value: ArraySlice<UInt8>) -> Bool {
        var host = value
        if value.first == UInt8(ascii: "[") {
            guard let end = value.firstIndex(of: UInt8(ascii: "]")) else { return false }
            host = value[value.index(after: value.startIndex)..<end]
            guard !host.isEmpty, isPort(value[(end + 1)...]) else { return false }
            return host.allSatisfy { $0.hexadecimalValue != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        }
        let end = value.firstIndex(of: UInt8(ascii: ":")) ?? value.endIndex
        host = value[..<end]
        guard isPort(value[end...]), PercentEncoding.fault(in: host) == nil else { return false }
        return host.allSatisfy(isNameCharacter)
    }

    private static func isPort(_ rest: ArraySlice<UInt8>) -> Bool {
        rest.isEmpty || rest.first == UInt8(ascii: ":") && rest.count <= 6 && rest.dropFirst().allSatisfy(\.isDigit)
    }

    /// `reg-name` of RFC 3986, section 3.2.2.
    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x24, 0x25, 0x26, 0x27...0x2E, 0x3B, 0x3D, 0x5F, 0x7E: true
        default: false
        }
    }
}
