import ArgumentParser
import Authentication
import LWS
import Transports

/// The http or https URL of a JWKS.
struct JWKSAddress: Sendable {
    private let request: ClientRequest
    /// The URL as it was given.
    private let text: String

    /// Nil if the text has no scheme, so it is a path.
    /// - Throws: `ValidationError` if no key set can be fetched from the URL.
    init?(_ text: String) throws {
        let scheme = text.prefix { $0 != ":" && $0 != "/" }
        guard text[scheme.endIndex...].hasPrefix("://") else { return nil }
        guard ["http", "https"].contains(scheme.lowercased()) else {
            throw ValidationError("--jwks: '\(text)' is neither an http nor an https URL; a file is named by its path")
        }
        let url: HTTPURL
        do {
            url = try HTTPURL(text)
        } catch {
            throw ValidationError("--jwks: '\(text)' is no URL of a key set: \(error)")
        }
        var request = ClientRequest(host: url.host, port: url.port, path: url.path)
        request.tls = url.tls
        request.deadline = .seconds(5)
        self.request = request
        self.text = text
    }

    /// - Throws: `CredentialError` if there is no answer, or its status is not 200.
    func fetch(_ requester: HTTPRequester) async throws -> [UInt8] {
        let answer: HTTPRequester.Answer
        do {
            answer = try await requester.send(request)
        } catch let failure as HTTPRequester.Failure {
            throw CredentialError(.unavailable, "no keys came from \(text): \(failure)")
        }
        guard answer.status == 200 else {
            throw CredentialError(.unavailable, "the server of the keys answered \(answer.status)")
        }
        return answer.body
    }
}
