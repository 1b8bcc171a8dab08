/// The parts of an `http`, `https`, `ws` or `wss` URL (RFC 3986) that a client needs.
public struct HTTPURL: Hashable, Sendable {
    public var tls: Bool
    /// In lower case; an IPv6 address without its brackets.
    public var host: String
    /// The scheme's default where the URL has no port.
    public var port: Int
    /// Path and query, without the fragment. It begins with a slash.
    public var path: String

    /// Why a text is not such a URL.
    public struct Rejection: Error, CustomStringConvertible {
        public var description: String
    }

    /// - Throws: why it is rejected. A URL with a user name or password is rejected, as by `fetch` (WHATWG Fetch,
    ///   section 5.4).
    public init(_ text: String) throws(Rejection) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), text[colon...].utf8.starts(with: "://".utf8)
        else {
            throw Rejection(description: "it needs a scheme")
        }
        // A scheme's case does not matter (RFC 3986, section 3.1).
        switch text[..<colon].lowercased() {
        case "http", "ws": tls = false
        case "https", "wss": tls = true
        default: throw Rejection(description: "the scheme is http or https")
        }
        let rest = text[text.utf8.index(colon, offsetBy: 3)...]
        // Section 3.2: the authority ends at the path, the query or the fragment, whichever comes first. By bytes,
        // because a delimiter with a combining accent would be another character.
        let end = rest.utf8.firstIndex { [0x2F, 0x3F, 0x23].contains($0) } ?? rest.endIndex
        let target = rest[end...].utf8.prefix { $0 != UInt8(ascii: "#") }
        path = (target.first == UInt8(ascii: "/") ? "" : "/") + String(Substring(target))
        let authority = rest[..<end]
        guard !authority.utf8.contains(UInt8(ascii: "@")) else {
            throw Rejection(
                description: "a user's name and password do not belong in it; say them in a header field, Authorization"
            )
        }
        let portColon: Substring.Index?
        if authority.utf8.first == UInt8(ascii: "[") {
            guard let bracket = authority.utf8.firstIndex(of: UInt8(ascii: "]")) else {
                throw Rejection(description: "a bracket is not closed")
            }
            host = authority[authority.utf8.index(after: authority.startIndex)..<bracket].lowercased()
            guard host.utf8.contains(UInt8(ascii: ":")), HostAddress.literal(host) != nil else {
                throw Rejection(description: "between brackets stands an IPv6 address")
            }
            let behind = authority.utf8.index(after: bracket)
            guard behind == authority.endIndex || authority.utf8[behind] == UInt8(ascii: ":") else {
                throw Rejection(description: "behind a bracket follows a port")
            }
            portColon = behind == authority.endIndex ? nil : behind
        } else {
            portColon = authority.utf8.firstIndex(of: UInt8(ascii: ":"))
            host = authority[..<(portColon ?? authority.endIndex)].lowercased()
        }
        guard !host.isEmpty else { throw Rejection(description: "it needs a host") }
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Rejection(description: "a host is written in ASCII (xn--...)")
        }
        port = tls ? 443 : 80
        // An empty port is the scheme's default (section 6.2.3).
        guard let portColon, case let digits = authority[authority.utf8.index(after: portColon)...],
            !digits.isEmpty
        else { return }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
            (1...65_535).contains(number)
        else { throw Rejection(description: "it needs one host, and ports are 1 to 65535") }
        port = number
    }

    init(tls: Bool, host: String, port: Int, path: String) {
        self.tls = tls
        self.host = host
        self.port = port
        self.path = path
    }

    private func with(path: String) -> Self { Self(tls: tls, host: host, port: port, path: path) }

    /// Whether two URLs share scheme, host and port (RFC 6454, section 5).
    public func isSameOrigin(as other: Self) -> Bool {
        tls == other.tls && host == other.host && port == other.port
    }

    /// Resolves a reference against this URL (RFC 3986, section 5.2), such as the value of a Location field.
    public func resolve(_ reference: String) throws(Rejection) -> Self {
        let bytes = reference.utf8.prefix { $0 != UInt8(ascii: "#") }
        let text = String(Substring(bytes))
        if bytes.first(where: { ":/?".utf8.contains($0) }) == UInt8(ascii: ":") {
            let found = try Self(text)
            return found.with(path: Self.withoutDots(found.path))
        }
        if bytes.starts(with: "//".utf8) { return try resolve((tls ? "https:" : "http:") + text) }
        let own = path.utf8.prefix { $0 != UInt8(ascii: "?") }
        switch bytes.first {
        case nil: return self
        case UInt8(ascii: "?"): return with(path: "\(Substring(own))\(text)")
        case UInt8(ascii: "/"): return with(path: Self.withoutDots(text))
        default:
            let folder = own.lastIndex(of: UInt8(ascii: "/")).map { Substring(own[...$0]) } ?? "/"
            return with(path: Self.withoutDots("\(folder)\(text)"))
        }
    }

    /// Removes dot segments (section 5.2.4).
    private static func withoutDots(_ path: String) -> String {
        let query = path.utf8.firstIndex(of: UInt8(ascii: "?")) ?? path.endIndex
        var kept: [Substring] = []
        let segments = path[..<query].utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .dropFirst().map { Substring($0) }
        for (index, segment) in zip(1..., segments) {
            let isLast = index == segments.count
            if segment == ".." { _ = kept.popLast() }
            if segment == ".." || segment == "." {
                if isLast { kept.append("") }
            } else {
                kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/") + path[query...]
    }
}
