public import LWS
public import TransportCore

/// Exchanges a token for the credential of a scheme: a session for `cookie`, the token itself for most others.
public struct CredentialExchange: Sendable {
    private let endpoint: Endpoint
    private let version: ProtocolVersion
    private let requester: HTTPRequester
    private let requests: RequestCount?

    /// - Parameter requests: counts the requests.
    public init(
        to endpoint: Endpoint, version: ProtocolVersion, over requester: HTTPRequester, requests: RequestCount? = nil
    ) {
        self.endpoint = endpoint
        self.version = version
        self.requester = requester
        self.requests = requests
    }

    /// - Parameter token: nil for schemes without tokens.
    /// - Throws: `HTTPRequester.Failure` where the server does not grant the credential, or the scheme is unknown.
    public func credential(of scheme: String, token: String?) async throws -> Credential {
        switch (scheme, token) {
        case ("none", _): return .none
        case ("mtls", _): return .certificate
        case ("bearer", let token?): return .bearer(token)
        case ("query", let token?): return .query(token)
        case ("ticket", let token?): return .tickets(for: token)
        case ("subprotocol", let token?): return .subprotocol(token)
        case ("message", let token?): return .firstMessage(token)
        case ("cookie", let token?): return try await logIn(with: token)
        default:
            throw HTTPRequester.Failure(description: "no client knows how to present the scheme '\(scheme)'")
        }
    }

    /// Opens a session for a token.
    public func logIn(with token: String) async throws -> Credential {
        let answer = try await send("POST", "/session", .bearer(token))
        guard answer.status == 201, let cookie = answer["set-cookie"]?.prefix(while: { $0 != ";" }),
            let equals = cookie.firstIndex(of: "="), let csrfToken = Self.member("csrfToken", of: answer.body)
        else { throw HTTPRequester.Failure(description: "the server opened no session: status \(answer.status)") }
        return .cookie(
            name: String(cookie[..<equals]), value: String(cookie[cookie.index(after: equals)...]),
            csrfToken: csrfToken, origin: MeasuringPage.origin)
    }

    /// Sends a request with a credential.
    @discardableResult
    public func send(
        _ method: String, _ path: String, _ credential: Credential, body: String? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> HTTPRequester.Answer {
        var request = try request(path)
        request.method = method
        request.headers = credential.headers(isUnsafe: method != "GET") + headers
        if let parameter = credential.parameter { request.path += (path.contains("?") ? "&" : "?") + parameter }
        if let body {
            request.headers.append(("content-type", "application/json"))
            request.body = Array(body.utf8)
        }
        requests?.add()
        return try await requester.send(request)
    }

    /// Makes a request to the server's port for the version.
    public func request(_ path: String) throws -> ClientRequest {
        var port = endpoint.port
        if version == .h2, !endpoint.tls {
            guard let h2c = endpoint.h2cPort else {
                throw HTTPRequester.Failure(description: "the server has no port for HTTP/2 without TLS")
            }
            port = h2c
        }
        var request = ClientRequest(host: endpoint.host, port: port, path: path)
        request.tls = endpoint.tls
        request.version = version == .h2 ? .h2 : .h1
        return request
    }

    /// A string member of an answer's JSON object; nil where there is none.
    public static func member(_ name: String, of body: [UInt8]) -> String? {
        var found: String?
        _ = body.withUnsafeBytes { body in
            JSONMembers.members(of: body) { key, value in
                if key.elementsEqual(name.utf8) { found = JSONMembers.string(value) }
            }
        }
        return found
    }
}
