import FoundationEssentials

/// The target of a request, in origin form or absolute form (RFC 9112, section 3.2).
struct ControlTarget {
    /// The segments of the path. Empty ones are omitted, except the last, where a name was expected.
    let path: [String]
    /// The parameters of the query, in order.
    let query: [(name: String, value: String)]

    /// - Throws: `invalid` where the text is not a target.
    init(_ target: String) throws(FaultError) {
        // A path may begin with two slashes. In a URI they would begin an authority.
        let isPath = target.hasPrefix("/") || target == "*"
        guard
            let uri = URLComponents(
                string: isPath ? "http://proxy/\(target)" : target, encodingInvalidCharacters: false)
        else { throw Self.rejection("is no URI (RFC 3986)") }
        guard ["http", "https"].contains(uri.scheme?.lowercased()) else {
            throw Self.rejection("is no path, and no http or https URI")
        }
        guard let host = uri.host, !["", "[]"].contains(host) else { throw Self.rejection("has no host") }
        guard uri.user == nil else { throw Self.rejection("has user information") }
        guard uri.fragment == nil else { throw Self.rejection("has a fragment") }
        // An empty port is the scheme's default (RFC 3986, section 6.2.3); one that exceeds `Int` is nil.
        guard uri.rangeOfPort?.isEmpty ?? true || uri.port.map((1...65_535).contains) ?? false else {
            throw Self.rejection("has a port that is not 1 to 65535")
        }
        let segments = uri.percentEncodedPath.split(separator: "/").map(String.init)
        path = segments + (!segments.isEmpty && uri.percentEncodedPath.hasSuffix("/") ? [""] : [])
        query = (uri.percentEncodedQueryItems ?? []).filter { $0 != URLQueryItem(name: "", value: nil) }
            .map { ($0.name, $0.value ?? "") }
    }

    private static func rejection(_ what: String) -> FaultError {
        FaultError(.invalid, "the request's target \(what): write it as /faults, or http://HOST:PORT/faults")
    }
}
