public import OrderUpdates
public import TransportCore

/// From which pages a credential may come that browsers send by themselves (RFC 6454; WHATWG Fetch, section 3.1).
public struct OriginPolicy: Sendable {
    private let allowed: Set<Origin>

    /// - Parameter allowed: origins, as browsers write them. `*` means nothing here: every page of the world could then act as
    ///   whoever looks at it.
    public init(allowed: [Origin]) {
        self.allowed = Set(allowed).subtracting([.any, "null"])
    }

    /// Refuses a request of a page that is neither allowed nor the server's own.
    /// - Parameter needsOrigin: whether a request that says no origin is refused too: browsers send one wherever this is set.
    func check(_ request: some HandshakeRequest, needsOrigin: Bool) throws(AuthenticationFailure) {
        guard let origin = request.header("origin").map({ Origin($0) }) else {
            // What a browser sends without an origin, and says to come from elsewhere (W3C Fetch Metadata, section 2.4).
            if needsOrigin || request.header("sec-fetch-site") == "cross-site" {
                throw AuthenticationFailure(.crossSite, "the request does not say from which page it comes")
            }
            return
        }
        if allowed.contains(origin) { return }
        if let host = request.header("host"), origin == Origin(host: host, isTLS: request.isTLS) { return }
        throw AuthenticationFailure(.crossSite, "the request comes from a page of an origin that is not allowed")
    }
}
