import LWS

/// Cross-origin requests of browsers (WHATWG Fetch, section 3.2): an allow-list, no credentials by cookie.
enum CrossOrigin {
    /// Whether a page of `origin` may call. Requests without an origin do not come from a page.
    static func allows(_ origin: String?, _ allowed: [String]) -> Bool {
        guard let origin else { return true }
        return allowed.contains("*") || allowed.contains(origin)
    }

    static func headers(for origin: String?) -> [(name: String, value: String)] {
        guard let origin else { return [] }
        return [
            ("access-control-allow-origin", origin), ("vary", "Origin"),
            ("access-control-expose-headers", "ETag, Location, Retry-After"),
        ]
    }

    static func preflight(_ origin: String) -> Response {
        Response(
            status: 204,
            headers: [
                ("access-control-allow-origin", origin), ("vary", "Origin"),
                ("access-control-allow-methods", "GET, HEAD, POST, OPTIONS"),
                ("access-control-allow-headers", "Authorization, Content-Type, If-None-Match, Last-Event-ID"),
                ("access-control-max-age", "600"),
            ])
    }
}
