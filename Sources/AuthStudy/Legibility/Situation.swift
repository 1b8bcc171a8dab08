package import TransportCore

/// The address that a page's clients connect to, and the failure that follows.
struct Situation: Sendable {
    var endpoint: Endpoint
    var token: String
    var order = "order-0"
    /// Whether every client opens a stream before the failure.
    var opens = false
    /// Causes the failure of open streams; does nothing where the failure comes by itself.
    var strike: @Sendable () async throws -> Void = {}

    var http: String { endpoint.url("http") }
    var ws: String { endpoint.url("ws") }
}

extension Endpoint {
    /// - Parameter scheme: without TLS: `http`, `ws`.
    package func url(_ scheme: String) -> String { "\(scheme)\(tls ? "s" : "")://\(host):\(port)" }
}
