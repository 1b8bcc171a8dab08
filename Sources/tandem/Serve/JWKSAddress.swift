import Authentication
import LWS
import Transports

/// The http or https URL of a JWKS.
struct JWKSAddress: Sendable {
    private let request: ClientRequest

    /// Nil where the text is a path.
    init?(_ text: String) {
        let isTLS: Bool
        let rest: Substring
        if text.hasPrefix("https://") {
            (isTLS, rest) = (true, text.dropFirst("https://".count))
        } else if text.hasPrefix("http://") {
            (isTLS, rest) = (false, text.dropFirst("http://".count))
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let target = rest[authority.endIndex...]
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let port = parts.count == 2 ? Int(parts[1]) ?? 0 : (isTLS ? 443 : 80)
        var request = ClientRequest(
            host: String(parts.first ?? ""), port: port, path: target.hasPrefix("/") ? String(target) : "/" + target)
        request.tls = isTLS
        request.deadline = .seconds(5)
        self.request = request
    }

    func fetch(_ requester: HTTPRequester) async throws -> [UInt8] {
        let answer = try await requester.send(request)
        guard answer.status == 200 else {
            throw CredentialError(.unavailable, "the server of the keys answered \(answer.status)")
        }
        return answer.body
    }
}
