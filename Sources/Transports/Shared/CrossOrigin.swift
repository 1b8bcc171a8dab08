import LWS
import OrderUpdates
import TransportCore

/// Cross-origin requests of browsers (WHATWG Fetch, section 3.2): a list of allowed origins, and the server's own
/// origin.
struct CrossOrigin {
    /// The methods of all paths.
    static let methods = "GET, HEAD, POST, DELETE, OPTIONS"

    private let allowed: Set<Origin>
    /// Whether pages that are on the list by name may send ambient credentials.
    private let withCredentials: Bool

    init(_ configuration: ServerConfiguration, _ auth: any AuthScheme) {
        allowed = Set(configuration.allowedOrigins)
        withCredentials = auth.isAmbient
    }

    /// Whether a page of the request's origin may call. A request without an origin does not come from a page of
    /// another origin.
    func allows(_ exchange: Exchange) -> Bool {
        guard let origin = exchange.header("origin").map({ Origin($0) }) else { return true }
        if allowed.contains(.any) || allowed.contains(origin) { return true }
        return exchange.header("host").map { origin == Origin(host: $0, isTLS: exchange.isTLS) } ?? false
    }

    /// - Parameter origin: that of a page that may read the answer; nil for any other request. Its answer has `Vary`
    ///   all the same, because a cache would otherwise give it to a page (Fetch, section "CORS protocol and HTTP
    ///   caches").
    func headers(for origin: Origin?) -> [(name: String, value: String)] {
        guard let origin else { return [Self.vary] }
        return access(origin) + [("access-control-expose-headers", "ETag, Location, Retry-After")]
    }

    func preflight(_ origin: Origin) -> Response {
        Response(
            status: 204,
            headers: access(origin) + [
                ("access-control-allow-methods", Self.methods),
                (
                    "access-control-allow-headers",
                    "Authorization, Content-Type, If-None-Match, Last-Event-ID, X-CSRF-Token"
                ),
                ("access-control-max-age", "600"),
            ])
    }

    private static let vary = (name: "vary", value: "Origin")

    private func access(_ origin: Origin) -> [(name: String, value: String)] {
        let credentials = withCredentials && allowed.contains(origin)
        return [("access-control-allow-origin", origin.description), Self.vary]
            + (credentials ? [("access-control-allow-credentials", "true")] : [])
    }
}
