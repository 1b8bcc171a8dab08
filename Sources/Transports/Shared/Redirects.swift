import LWS

/// Follows redirects as `fetch` and `EventSource` do (WHATWG Fetch, section 4.4): at most 20, and to another origin
/// without the secrets of the first.
struct Redirects {
    /// What to do with an answer.
    enum Step {
        /// Not a redirect, or one without a location.
        case stay
        case follow(ClientRequest)
        case failed(String)
    }

    /// Fetch, section 4.4, step 5.
    static let limit = 20
    /// Header fields that only the first origin may get.
    private static let secrets = ["authorization", "cookie", "proxy-authorization"]

    private var count = 0

    mutating func step(_ response: ClientResponse, to request: ClientRequest) -> Step {
        guard [301, 302, 303, 307, 308].contains(response.status), let location = response.header("location") else {
            return .stay
        }
        guard count < Self.limit else { return .failed("the server redirects more than \(Self.limit) times") }
        count += 1
        let target: HTTPURL
        do {
            target = try request.url.resolve(location)
        } catch {
            return .failed("the server redirects to '\(location)', which is no URL to follow: \(error)")
        }
        var next = request
        next.url = target
        if !target.isSameOrigin(as: request.url) { next.headers.removeAll { Self.secrets.contains($0.name) } }
        return .follow(next)
    }
}
