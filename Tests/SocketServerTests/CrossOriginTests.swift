import OrderUpdates
import Testing
import TransportCore
import Transports

/// What browsers are told of requests from other pages (WHATWG Fetch, section 3.2).
@Suite(.ownThreads) struct CrossOriginTests {
    private func preflight(_ origin: String, _ endpoint: Endpoint) throws -> String {
        let client = try RawClient(endpoint)
        client.send(
            "OPTIONS /session HTTP/1.1\r\nHost: test\r\nOrigin: \(origin)\r\nAccess-Control-Request-Method: DELETE\r\n"
                + "Access-Control-Request-Headers: x-csrf-token\r\n\r\n")
        return try client.read(until: "\r\n\r\n")
    }

    @Test("The answer to a preflight names the methods and fields that sessions need")
    func aPreflightNamesWhatSessionsNeed() async throws {
        let server = try await TokenServer(allowedOrigins: ["https://shop.example"])
        let answer = try preflight("https://shop.example", server.test.endpoint)
        #expect(answer.hasPrefix("HTTP/1.1 204"), "\(answer)")
        #expect(answer.contains("access-control-allow-methods: GET, HEAD, POST, DELETE, OPTIONS\r\n"))
        #expect(answer.firstMatch(of: /access-control-allow-headers: [^\r]*X-CSRF-Token/) != nil)
        #expect(answer.contains("access-control-allow-origin: https://shop.example\r\n"))
        #expect(answer.contains("access-control-allow-credentials: true\r\n"))
        #expect(answer.contains("vary: Origin\r\n"))
        await server.test.server.stop()
    }

    @Test(
        "A page may call if it is listed, ours or under a wildcard, and with credentials only if listed",
        arguments: [
            // With `*` every page may call, but none with what browsers send by themselves.
            (["*"], "https://evil.example", true, false),
            (["*", "https://shop.example"], "https://evil.example", true, false),
            (["*", "https://shop.example"], "https://shop.example", true, true),
            // The server's own pages need no list.
            ([], "http://test", true, false), ([], "https://test", false, false), ([], "null", false, false),
            (["https://shop.example"], "https://shop.example.evil.example", false, false),
        ])
    func credentialsAreForListedPagesAlone(
        allowed: [String], origin: String, isAllowed: Bool, withCredentials: Bool
    ) async throws {
        let server = try await TokenServer(allowedOrigins: allowed.map { Origin($0) })
        let answer = try preflight(origin, server.test.endpoint)
        #expect(answer.hasPrefix(isAllowed ? "HTTP/1.1 204" : "HTTP/1.1 403"), "\(answer)")
        #expect(answer.contains("access-control-allow-origin: \(origin)\r\n") == isAllowed)
        #expect(answer.contains("access-control-allow-credentials") == withCredentials)
        let plain = try server.ask(
            "GET", "/orders/a", headers: ["Origin: \(origin)", "Authorization: Bearer \(try server.token())"])
        #expect(plain.hasPrefix("HTTP/1.1 200"), "a page may send it; whether it may read it, the browser decides")
        #expect(plain.contains("access-control-allow-origin: \(origin)\r\n") == isAllowed)
        #expect(plain.contains("access-control-allow-credentials") == withCredentials)
        await server.test.server.stop()
    }

    /// Where no scheme is ambient, nothing is sent by itself, and browsers need not be told.
    @Test("Without a scheme that browsers send by themselves, no credentials are allowed")
    func withoutAnAmbientSchemeThereAreNoCredentials() async throws {
        let test = try TestServer(auth: NamedTokens()) { $0.allowedOrigins = ["https://shop.example"] }
        let answer = try preflight("https://shop.example", test.endpoint)
        #expect(answer.hasPrefix("HTTP/1.1 204") && !answer.contains("access-control-allow-credentials"))
        await test.server.stop()
    }

    @Test(
        "Every answer varies by origin, also one to a request without",
        arguments: [
            "GET /healthz", "GET /orders/a", "GET /orders/none", "GET /nothing", "DELETE /orders/a",
            "GET /orders/a/updates",
            "GET /orders/a/events", "POST /orders", "OPTIONS /orders/a",
        ])
    func variesByOrigin(_ request: String) async throws {
        let test = try TestServer { $0.allowedOrigins = ["https://shop.example"] }
        for origin in ["", "Origin: https://shop.example\r\n", "Origin: https://evil.example\r\n"] {
            let client = try RawClient(test.endpoint)
            client.send("\(request) HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\(origin)\r\n")
            let answer = try client.read(until: "\r\n\r\n")
            #expect(answer.contains("\r\nvary: Origin\r\n"), "\(answer)")
            #expect(answer.contains("access-control-allow-origin") == origin.contains("shop"), "\(answer)")
        }
        let socket = try RawClient(test.endpoint)
        socket.get("/socket", headers: webSocketHeaders + ["Origin: https://evil.example"])
        let refusal = try socket.read(until: "\r\n\r\n")
        #expect(refusal.hasPrefix("HTTP/1.1 403") && refusal.contains("\r\nvary: Origin\r\n"), "\(refusal)")
        await test.server.stop()
    }
}
