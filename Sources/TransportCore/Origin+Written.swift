import Glibc
public import OrderUpdates

extension Identity where Kind == OriginKind {
    /// An origin that a person wrote, in the form in which a browser would send it: in lower case, without the
    /// scheme's default port, and without a slash at the end. `*` stands for every page.
    /// - Throws: where no browser could send such an origin, so that it would let nobody in.
    public init(written text: String) throws(OriginError) {
        if text == "*" {
            self = .any
            return
        }
        let example = "write it as browsers send it: https://app.example, or http://localhost:3000"
        func rejection(_ what: String) -> OriginError { OriginError(description: "'\(text)' \(what): \(example)") }
        guard !text.isEmpty else { throw OriginError(description: "an origin is missing: \(example)") }
        guard text != "null" else {
            throw OriginError(
                description:
                    "'null' is every sandboxed frame and every file, so it names nobody: name an origin, or '*'")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw rejection("has a space, or a letter that is not ASCII (browsers send such hosts as xn--…)")
        }
        guard let mark = text.utf8.firstRange(of: "://".utf8), Self.isScheme(text[..<mark.lowerBound]) else {
            throw rejection("has no scheme")
        }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard scheme != "ws", scheme != "wss" else {
            throw rejection("is the address of a WebSocket, and the page that opens it has an origin of http or https")
        }
        guard !Self.schemesWithoutPages.contains(scheme) else {
            throw rejection("is of a scheme from which no page calls")
        }
        guard !text.utf8.contains(UInt8(ascii: ",")) else {
            throw OriginError(description: "'\(text)' is several: give the option once for each")
        }
        var authority = text[mark.upperBound...]
        if authority.last == "/" { authority.removeLast() }
        guard !authority.utf8.contains(where: { "/?#\\".utf8.contains($0) }) else {
            throw rejection("has more than scheme, host and port")
        }
        guard !authority.utf8.contains(UInt8(ascii: "@")) else { throw rejection("has user information") }
        guard !authority.utf8.contains(UInt8(ascii: "*")) else {
            throw OriginError(
                description: "'\(text)' has a wildcard, and none is known but '*' alone: name each origin")
        }
        guard let (host, port) = Self.hostAndPort(authority, of: scheme) else {
            throw rejection("has no host, or a port that is none")
        }
        self.init(scheme + "://" + host + (port.map { ":\($0)" } ?? ""))
    }

    /// Browsers load no pages by `ftp`, and send `null` for pages of the others. Schemes of extensions and of apps
    /// are accepted.
    private static let schemesWithoutPages: Set = ["ftp", "file", "data", "blob", "about", "javascript"]

    /// RFC 3986, section 3.1.
    private static func isScheme(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, isLetter(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// - Returns: the host as browsers send it, and the port unless it is the scheme's default; nil where either is
    ///   invalid.
    private static func hostAndPort(_ authority: Substring, of scheme: String) -> (host: String, port: UInt16?)? {
        var (host, port) = (authority, Substring())
        let end = authority.utf8.last == UInt8(ascii: "]") ? nil : authority.utf8.lastIndex(of: UInt8(ascii: ":"))
        if let end { (host, port) = (authority[..<end], authority[authority.utf8.index(after: end)...]) }
        guard port.utf8.allSatisfy(isDigit), let number = port.isEmpty ? 0 : UInt16(port),
            let name = host.utf8.first == UInt8(ascii: "[") ? address6(host) : self.name(host)
        else { return nil }
        let isImplied = port.isEmpty || (scheme == "https" && number == 443) || (scheme == "http" && number == 80)
        return (name, isImplied ? nil : number)
    }

    private static func name(_ host: Substring) -> String? {
        let isName = host.utf8.allSatisfy { isLetter($0) || isDigit($0) || "-._".utf8.contains($0) }
        guard !host.isEmpty, isName else { return nil }
        // Browsers take a host whose last part is a number for an address, and write it as four decimal numbers.
        guard let last = host.split(separator: ".").last, last.utf8.allSatisfy(isDigit) else {
            return host.lowercased()
        }
        var address = in_addr()
        return inet_pton(AF_INET, String(host), &address) == 1 ? String(host) : nil
    }

    /// In the shortest form, as browsers write it (RFC 5952).
    private static func address6(_ host: Substring) -> String? {
        guard host.utf8.last == UInt8(ascii: "]") else { return nil }
        var address = in6_addr()
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address) == 1,
            inet_ntop(AF_INET6, &address, &text, socklen_t(text.count)) != nil
        else { return nil }
        let shortest = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // The mixed notation, which browsers do not write.
        return shortest.contains(".") ? nil : "[\(shortest)]"
    }
}
