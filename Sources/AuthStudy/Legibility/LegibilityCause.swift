import Authentication
import ExperimentRunner
import Glibc
import LWS
import OrderUpdates
import TransportCore
import Transports

/// A cause of a stream's failure, with its name in reports and in their order.
package enum LegibilityCause: String, CaseIterable, Sendable {
    case badToken = "bad token"
    case expired, revoked, forbidden
    case notFound = "not found"
    case overloaded, draining
    case wrongOrigin = "wrong origin"
    case protocolError = "protocol error"
    case networkReset = "network reset"
    case timeout
    case tls = "TLS"
}

/// Brings causes about, with servers, credentials and the origins of two pages.
struct LegibilityStage: Sendable {
    let server: ObservedServer
    /// A certificate that browsers do not trust.
    let certificate: DevelopmentCertificate
    let origin: Origin
    let foreign: Origin
    let requester: HTTPRequester

    private var kit: CredentialKit { server.kit }

    /// Brings a cause about while the body observes it.
    ///
    /// - Throws: `StudyError` or `TrialError` where a server does not behave as the cause needs.
    func bringAbout<Result: Sendable>(
        _ cause: LegibilityCause, _ body: (Situation) async throws -> Result
    ) async throws -> Result {
        let token = try kit.token()
        switch cause {
        case .badToken:
            return try await serve { try await body(Situation(endpoint: $0.endpoint, token: Self.spoil(token))) }
        case .expired:
            return try await serve {
                try await body(
                    Situation(endpoint: $0.endpoint, token: try kit.token(lifetime: .seconds(3)), opens: true))
            }
        case .revoked:
            let named = try kit.namedToken()
            return try await serve { server in
                let endpoint = server.endpoint
                return try await body(
                    Situation(endpoint: endpoint, token: named.text, opens: true) {
                        try await revoke(named.id, endpoint)
                    }
                )
            }
        case .forbidden:
            return try await serve {
                try await body(Situation(endpoint: $0.endpoint, token: try kit.token(CredentialKit.stranger)))
            }
        case .notFound:
            return try await serve {
                try await body(Situation(endpoint: $0.endpoint, token: token, order: "order-404"))
            }
        case .overloaded:
            return try await serve(["--max-connections-per-owner", "1"]) { server in
                let held = try holdStream(of: server.endpoint, token)
                defer { withExtendedLifetime(held) {} }
                return try await body(Situation(endpoint: server.endpoint, token: token))
            }
        case .draining:
            return try await serve { server in
                try await body(
                    Situation(endpoint: server.endpoint, token: token, opens: true) { server.send(SIGTERM) })
            }
        case .wrongOrigin:
            return try await serve(origin: foreign) {
                try await body(Situation(endpoint: $0.endpoint, token: token))
            }
        case .protocolError: return try await fail(.protocolError, token, opens: true, body)
        case .networkReset: return try await fail(.reset, token, opens: true, body)
        case .timeout: return try await fail(.silence, token, opens: false, body)
        case .tls:
            let files = CertificateFiles(certificate: certificate.certificatePath, key: certificate.keyPath)
            return try await serve(certificate: files) {
                try await body(Situation(endpoint: $0.endpoint, token: token))
            }
        }
    }

    private func serve<Result: Sendable>(
        _ more: [String] = [], origin: Origin? = nil, certificate: CertificateFiles? = nil,
        _ body: (ServerProcess) async throws -> Result
    ) async throws -> Result {
        try await server.run(
            auth: "query,message", for: origin ?? self.origin, certificate: certificate, more: more, body)
    }

    private func fail<Result: Sendable>(
        _ failure: FailingPeer.Failure, _ token: String, opens: Bool, _ body: (Situation) async throws -> Result
    ) async throws -> Result {
        let peer = try FailingPeer(failure, allowing: origin)
        defer { peer.stop() }
        return try await body(Situation(endpoint: peer.endpoint, token: token, opens: opens) { peer.strike() })
    }

    /// Changes the first letter of the signature. The last may hold unused bits.
    private static func spoil(_ token: String) -> String {
        guard let dot = token.lastIndex(of: ".") else { return token }
        let signature = token[token.index(after: dot)...]
        return token[...dot] + (signature.first == "A" ? "B" : "A") + signature.dropFirst()
    }

    private func revoke(_ id: CredentialID, _ endpoint: Endpoint) async throws {
        let answer = try await CredentialExchange(to: endpoint, version: .h1, over: requester).send(
            "POST", "/revocations", .bearer(try kit.token("operator", scopes: [.revoke])),
            body: "{\"tokenId\":\"\(id)\"}")
        guard answer.status == 204 else { throw StudyError("the revocation was answered with \(answer.status)") }
    }

    /// Opens a stream that counts against the owner's limit until it is released. Blocks for some milliseconds.
    private func holdStream(of endpoint: Endpoint, _ token: String) throws -> RawExchange {
        var request = RawRequest("GET", "/orders/order-0/events")
        request.headers = [("authorization", "Bearer \(token)")]
        let held = try RawExchange(request, to: endpoint, .h1, tls: nil)
        guard held.read(within: .seconds(5), until: { $0.status != nil }), held.status == 200 else {
            throw StudyError("a stream to hold was refused: \(held.status.map(String.init) ?? "no answer")")
        }
        return held
    }
}
