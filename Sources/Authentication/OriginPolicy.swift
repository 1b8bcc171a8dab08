public import OrderUpdates
public import TransportCore

/// The pages from which credentials are accepted that browsers send by themselves (RFC 6454; WHATWG Fetch, section
/// 3.1).
public struct OriginPolicy: Sendable {
    private let allowed: Set<Origin>

    /// - Parameter allowed: origins as browsers write them. `*` is ignored: it would let any page act as the user who
    ///   looks at it.
    public init(allowed: [Origin]) {
        self.allowed = Set(allowed).subtracting([.any, "null"])
    }

    /// Refuses a request from a page that is neither allowed nor the server's own.
    /// - Parameter needsOrigin: whether a request without an origin is refused too. Browsers send one wherever this
    ///   is set.
    func check(_ request: some HandshakeRequest, needsOrigin: Bool) throws(AuthenticationFailure) {
        guard let origin = request.header("origin").map({ Origin($0) }) else {
            // A browser's request without an origin that comes from another site (W3C Fetch Metadata, section 2.4).
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
