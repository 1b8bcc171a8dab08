/// The target of a request, in origin form or absolute form (RFC 9112, section 3.2).
struct ControlTarget {
    /// The segments of the path; empty ones are left out.
    let path: [String]
    /// The parameters of the query, in their order.
    let query: [(name: String, value: String)]

    /// - Throws: `invalid` where the text is no target.
    init(_ target: String) throws(FaultError) {
        guard target.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"#<>\\^`{|}".utf8.contains($0) }) else {
            throw Self.flaw("has a character that no URI has")
        }
        var rest = target[...]
        if let scheme = ["http://", "https://"].first(where: { target.lowercased().hasPrefix($0) }) {
            rest = rest.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            try Self.check(authority)
            rest = rest.dropFirst(authority.count)
        } else if rest.first != "/", rest != "*" {
            throw Self.flaw("is no path, and no http or https URI")
        }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts[0].split(separator: "/").map(String.init)
        query = (parts.count == 2 ? parts[1] : "").split(separator: "&").map { parameter in
            let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(pair[0]), pair.count == 2 ? String(pair[1]) : "")
        }
    }

    /// `uri-host [ ":" port ]` (RFC 9110, section 7.2).
    private static func check(_ authority: Substring) throws(FaultError) {
        let end = authority.hasPrefix("[") ? authority.firstIndex(of: "]").map { authority.index(after: $0) } : nil
        let host = authority[..<(end ?? authority.firstIndex(of: ":") ?? authority.endIndex)]
        guard !host.isEmpty, !host.hasPrefix("[]") else { throw Self.flaw("has no host") }
        let isAddress = end != nil
        let known = isAddress ? "[]:.abcdefABCDEF" : "-._~%!$&'()*+,;="
        guard host.allSatisfy({ $0.isNumber || !isAddress && $0.isLetter || known.contains($0) }) else {
            throw Self.flaw("has a host that is none")
        }
        // An empty port is the scheme's own (RFC 3986, section 6.2.3).
        let port = authority[host.endIndex...]
        guard port.isEmpty || port.hasPrefix(":"), port.dropFirst().allSatisfy(\.isNumber),
            (1...65_535).contains(Int(port.dropFirst()) ?? (port.count <= 1 ? 1 : 0))
        else { throw Self.flaw("has a port that is not 1 to 65535") }
    }

    private static func flaw(_ what: String) -> FaultError {
        FaultError(.invalid, "the request's target \(what): write it as /faults, or http://HOST:PORT/faults")
    }
}
