/// A request that is sent without any check, escape or folding.
package struct RawRequest {
    package var method = "GET"
    /// Percent-encoded, without the query.
    package var path: String
    /// The parameters in the form of the query.
    package var query: [String] = []
    /// In order, with repetitions; `host` is added.
    package var headers: [(name: String, value: String)] = []
    package var body: [UInt8]?
    /// Whether the request opens a WebSocket: an upgrade over HTTP/1.1, an extended CONNECT over HTTP/2 (RFC 8441).
    package var opensSocket = false

    package init(_ method: String = "GET", _ path: String) {
        self.method = method
        self.path = path
    }

    init(post path: String, json: String) {
        self.init("POST", path)
        body = Array(json.utf8)
        headers = [("content-type", "application/json")]
    }

    package var target: String { query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))" }

    /// Replaces the fields with this name.
    mutating func set(_ name: String, _ value: String) {
        headers.removeAll { $0.name == name }
        headers.append((name, value))
    }
}
