import Authentication
import Clocks
import OrderUpdates
import Testing
import TransportCore
import Transports

/// A server with the real schemes, and the issuer of its tokens.
struct TokenServer {
    static let jwks = #"{"keys":[{"kty":"oct","kid":"k","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}]}"#

    let issuer: TokenIssuer
    let test: TestServer
    let revocations: RevocationList

    /// - Parameter schemes: beside the bearer header.
    init(
        clientAuthorities: String? = nil, allowedOrigins: [Origin] = [], revocations: RevocationList? = nil,
        _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) async throws {
        issuer = try TokenIssuer(jwks: Self.jwks, origin: "test")
        let keys = try KeySet(jwks: Array(Self.jwks.utf8), origin: "test")
        let verifier = TokenVerifier(keys: keys, policy: .development)
        self.revocations = try revocations ?? RevocationList()
        let origins = OriginPolicy(allowed: allowedOrigins)
        let schemes: [any AuthScheme] = [
            BearerScheme(verifier), CookieScheme(origins: origins), QueryScheme(verifier),
            TicketScheme(transports: [.sse, .websocket, .polling, .longPolling]), SubprotocolScheme(verifier),
            FirstMessageScheme(verifier), MutualTLSScheme(scopes: [.read], origins: origins),
        ]
        let gate = AuthGate(schemes, verifier: verifier, revocations: self.revocations)
        test = try TestServer(auth: gate) { configuration in
            configuration.allowedOrigins = allowedOrigins
            configure(&configuration)
        }
    }

    func token(
        _ subject: Subject = "alice", _ scopes: Set<Scope> = [.read], lifetime: Duration = .seconds(300),
        id: CredentialID? = nil
    ) throws -> String {
        try issuer.issue(subject: subject, scopes: scopes, lifetime: lifetime, id: id)
    }

    /// One request on a connection of its own; returns the answer with its header.
    func ask(_ method: String, _ path: String, headers: [String] = [], body: String? = nil) throws -> String {
        let client = try RawClient(test.endpoint)
        let length = body.map { ["Content-Length: \($0.utf8.count)"] } ?? []
        let lines = ["\(method) \(path) HTTP/1.1", "Host: test", "Connection: close"] + length + headers
        client.send((lines + ["", body ?? ""]).joined(separator: "\r\n"))
        // What follows the header is complete when the problem or the JSON object is.
        try client.read(until: "\r\n\r\n")
        guard !client.text.contains("content-length: 0\r\n"), client.text.contains("content-length: ") else {
            return client.text
        }
        return try client.read(until: "}")
    }
}
