package import TransportCore

/// Where the clients of a page connect to, and what goes wrong once their streams are open.
struct Situation: Sendable {
    var endpoint: Endpoint
    var token: String
    var order = "order-0"
    /// Whether every client has a stream before anything goes wrong.
    var opens = false
    /// What goes wrong then; refused, or failed by itself, where it does nothing.
    var strike: @Sendable () async throws -> Void = {}

    var http: String { endpoint.url("http") }
    var ws: String { endpoint.url("ws") }
}

extension Endpoint {
    /// - Parameter scheme: without TLS: `http`, `ws`.
    package func url(_ scheme: String) -> String { "\(scheme)\(tls ? "s" : "")://\(host):\(port)" }
}
