import OrderUpdates
import Testing
import TransportCore
import Transports

/// Credentials as they come over a socket: where they stand, twice, and in requests that they are not for.
@Suite(.ownThreads) struct CredentialWireTests {
    /// A request as it stands on the wire, with `T` for a token, `C` for a session's cookie, `X` for its CSRF token and `K` for a
    /// ticket; and the status that it gets.
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var method: String
        var path: String
        var headers: [String]
        var status: String

        init(_ status: Int, _ what: String, _ method: String, _ path: String, _ headers: [String] = []) {
            testDescription = what
            (self.method, self.path, self.headers, self.status) = (method, path, headers, String(status))
        }
    }

    static let rows = [
        // Each alone.
        Row(200, "a header", "GET", "/orders/a", ["Authorization: Bearer T"]),
        Row(200, "a query", "GET", "/orders/a?access_token=T"),
        Row(200, "a query behind another", "GET", "/orders/a?x=y&access_token=T"),
        Row(200, "a query behind nothing", "GET", "/orders/a?&access_token=T"),
        Row(200, "a cookie", "GET", "/orders/a", ["Cookie: tandem-session=C"]),
        Row(200, "a cookie among others", "GET", "/orders/a", ["Cookie: a=b; tandem-session=C; c=d"]),
        Row(200, "a cookie in a second field", "GET", "/orders/a", ["Cookie: a=b", "Cookie: tandem-session=C"]),
        Row(200, "a ticket", "GET", "/orders/a?ticket=K"),
        // One twice: two readers could take two.
        Row(400, "two headers", "GET", "/orders/a", ["Authorization: Bearer T", "Authorization: Bearer T"]),
        Row(
            400, "a bad and a good header", "GET", "/orders/a", ["Authorization: Bearer x", "Authorization: Bearer T"]),
        Row(400, "two queries", "GET", "/orders/a?access_token=T&access_token=T"),
        Row(400, "two queries with nothing between", "GET", "/orders/a?access_token=T&&access_token=x"),
        Row(400, "an empty query beside a good one", "GET", "/orders/a?access_token=&access_token=T"),
        Row(400, "two cookies", "GET", "/orders/a", ["Cookie: tandem-session=C; tandem-session=C"]),
        Row(
            400, "two cookies in two fields", "GET", "/orders/a",
            ["Cookie: tandem-session=C", "Cookie: tandem-session=x"]),
        Row(
            400, "two cookies with an empty field between", "GET", "/orders/a",
            ["Cookie: tandem-session=C", "Cookie: ", "Cookie: tandem-session=x"]),
        Row(400, "two tickets", "GET", "/orders/a?ticket=K&ticket=x"),
        // Two that disagree, or agree.
        Row(400, "header and query", "GET", "/orders/a?access_token=T", ["Authorization: Bearer T"]),
        Row(400, "header and cookie", "GET", "/orders/a", ["Authorization: Bearer T", "Cookie: tandem-session=C"]),
        Row(
            400, "header and a dead cookie", "GET", "/orders/a",
            ["Authorization: Bearer T", "Cookie: tandem-session=x"]),
        Row(400, "query and ticket", "GET", "/orders/a?access_token=T&ticket=K"),
        Row(400, "an empty header and a query", "GET", "/orders/a?access_token=T", ["Authorization: Basic x"]),
        // Smuggled: in a request that opens no WebSocket a subprotocol lets nobody in.
        Row(401, "a subprotocol", "GET", "/orders/a", ["Sec-WebSocket-Protocol: order-updates.v1, bearer.T"]),
        Row(
            401, "a subprotocol in a stream", "GET", "/orders/a/events",
            ["Sec-WebSocket-Protocol: order-updates.v1, bearer.T"]),
        Row(
            400, "a subprotocol beside a header", "GET", "/orders/a",
            ["Sec-WebSocket-Protocol: bearer.T", "Authorization: Bearer T"]),
        // A ticket is for one transport and its orders, and for no other request.
        Row(401, "a ticket for a poll at a stream", "GET", "/orders/a/events?ticket=K"),
        Row(401, "a ticket at a long poll", "GET", "/orders/a/updates?ticket=K"),
        Row(401, "a ticket for another order", "GET", "/orders/b?ticket=K"),
        Row(401, "a ticket for a ticket", "POST", "/tickets?ticket=K", ["Content-Length: 0"]),
        Row(401, "a ticket for a session", "POST", "/session?ticket=K", ["Content-Length: 0"]),
        // What may change something.
        Row(403, "logout without the CSRF token", "DELETE", "/session", ["Cookie: tandem-session=C"]),
        Row(403, "logout with another", "DELETE", "/session", ["Cookie: tandem-session=C", "X-CSRF-Token: x"]),
        Row(204, "logout", "DELETE", "/session", ["Cookie: tandem-session=C", "X-CSRF-Token: X"]),
        Row(
            403, "a command without it", "POST", "/orders/a/commands",
            ["Cookie: tandem-session=C", "Content-Length: 0"]),
        Row(403, "a session of a session", "POST", "/session", ["Cookie: tandem-session=C", "X-CSRF-Token: X"]),
        // Pages of elsewhere.
        Row(403, "another page", "GET", "/orders/a", ["Cookie: tandem-session=C", "Origin: https://evil.example"]),
        Row(403, "null", "GET", "/orders/a", ["Cookie: tandem-session=C", "Origin: null"]),
        Row(200, "the server's own page", "GET", "/orders/a", ["Cookie: tandem-session=C", "Origin: http://test"]),
        Row(
            403, "another site without an origin", "GET", "/orders/a",
            ["Cookie: tandem-session=C", "Sec-Fetch-Site: cross-site"]),
        // What does not depend on a session is not refused for its origin.
        Row(
            200, "another page with a token", "GET", "/orders/a",
            ["Authorization: Bearer T", "Origin: https://evil.example"]),
        // The right to revoke.
        Row(
            403, "a revocation without its scope", "POST", "/revocations",
            ["Authorization: Bearer T", "Content-Length: 0"]),
    ]

    private struct Wire {
        let server: TokenServer
        let token: String
        let cookie: String
        let csrfToken: String
        let ticket: String

        init() async throws {
            server = try await TokenServer()
            token = try server.token("alice", [.read, .command])
            let login = try server.ask("POST", "/session", headers: ["Authorization: Bearer \(token)"])
            cookie = String(try #require(login.firstMatch(of: /set-cookie: tandem-session=([^;]+);/)).output.1)
            csrfToken = String(try #require(login.firstMatch(of: /"csrfToken":"([^"]+)"/)).output.1)
            let issued = try server.ask(
                "POST", "/tickets", headers: ["Authorization: Bearer \(token)"],
                body: #"{"transport":"polling","orders":["a"]}"#)
            ticket = String(try #require(issued.firstMatch(of: /"ticket":"([^"]+)"/)).output.1)
        }

        func fill(_ text: String) -> String {
            text.replacing("Bearer T", with: "Bearer \(token)").replacing("bearer.T", with: "bearer.\(token)")
                .replacing("access_token=T", with: "access_token=\(token)")
                .replacing("tandem-session=C", with: "tandem-session=\(cookie)")
                .replacing("X-CSRF-Token: X", with: "X-CSRF-Token: \(csrfToken)")
                .replacing("ticket=K", with: "ticket=\(ticket)")
        }
    }

    @Test("A request's credential is accepted or refused with its status, and not echoed", arguments: rows)
    func answers(row: Row) async throws {
        let wire = try await Wire()
        let answer = try wire.server.ask(row.method, wire.fill(row.path), headers: row.headers.map(wire.fill))
        #expect(answer.hasPrefix("HTTP/1.1 \(row.status)"), "\(answer)")
        for secret in [wire.token, wire.cookie, wire.ticket] {
            #expect(!answer.contains(secret), "nothing is echoed")
        }
        if row.status == "401" { #expect(answer.contains("www-authenticate: Bearer")) }
        await wire.server.test.server.stop()
    }

    struct Upgrade: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var path: String
        var headers: [String]
        var status: String

        init(_ status: Int, _ what: String, _ path: String, _ headers: [String] = []) {
            testDescription = what
            (self.path, self.headers, self.status) = (path, headers, String(status))
        }
    }

    static let upgrades = [
        Upgrade(101, "a subprotocol", "/orders/a/socket", ["Sec-WebSocket-Protocol: order-updates.v1, bearer.T"]),
        // The token's subprotocol cannot be the one that is selected, or it would be sent back.
        Upgrade(400, "a token alone", "/orders/a/socket", ["Sec-WebSocket-Protocol: bearer.T"]),
        Upgrade(
            400, "two tokens", "/orders/a/socket", ["Sec-WebSocket-Protocol: order-updates.v1, bearer.T, bearer.T"]),
        Upgrade(
            400, "two fields", "/orders/a/socket",
            ["Sec-WebSocket-Protocol: order-updates.v1, bearer.T", "Sec-WebSocket-Protocol: bearer.x"]),
        Upgrade(
            400, "beside a header", "/orders/a/socket",
            ["Sec-WebSocket-Protocol: order-updates.v1, bearer.T", "Authorization: Bearer T"]),
        Upgrade(401, "garbage", "/orders/a/socket", ["Sec-WebSocket-Protocol: order-updates.v1, bearer.x"]),
        // Cross-site WebSocket hijacking: the handshake's cookie comes by itself, and no CORS applies to it.
        Upgrade(
            101, "a session of the own page", "/orders/a/socket", ["Cookie: tandem-session=C", "Origin: http://test"]),
        Upgrade(
            403, "a session of another page", "/orders/a/socket",
            ["Cookie: tandem-session=C", "Origin: http://evil.example"]),
        Upgrade(403, "a session of null", "/orders/a/socket", ["Cookie: tandem-session=C", "Origin: null"]),
        Upgrade(403, "a session without an origin", "/orders/a/socket", ["Cookie: tandem-session=C"]),
        Upgrade(401, "a ticket for a poll", "/orders/a/socket?ticket=K"),
    ]

    @Test("A WebSocket's credential is accepted or refused with its status, and not echoed", arguments: upgrades)
    func opens(row: Upgrade) async throws {
        let wire = try await Wire()
        let client = try RawClient(wire.server.test.endpoint)
        client.get(wire.fill(row.path), headers: webSocketHeaders + row.headers.map(wire.fill))
        try client.read(until: "\r\n\r\n")
        #expect(client.text.hasPrefix("HTTP/1.1 \(row.status)"), "\(client.text)")
        #expect(!client.text.contains(wire.token) && !client.text.contains("bearer."))
        await wire.server.test.server.stop()
    }

    /// A page cannot clear it, and could not log in beside it.
    @Test("A cookie whose session has ended is cleared by the server") func aDeadCookieIsTakenAway() async throws {
        let wire = try await Wire()
        let cookie = ["Cookie: tandem-session=\(wire.cookie)"]
        _ = try wire.server.ask("DELETE", "/session", headers: cookie + ["X-CSRF-Token: \(wire.csrfToken)"])
        let answer = try wire.server.ask("GET", "/session", headers: cookie)
        #expect(answer.hasPrefix("HTTP/1.1 401"))
        #expect(answer.contains("set-cookie: tandem-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict\r\n"))
        await wire.server.test.server.stop()
    }

    @Test("A logout ends the streams of its session, and no others") func aLogoutEndsItsStreams() async throws {
        let wire = try await Wire()
        let streams = try ["Cookie: tandem-session=\(wire.cookie)", "Authorization: Bearer \(wire.token)"].map {
            header in
            let client = try RawClient(wire.server.test.endpoint)
            client.get("/orders/a/events", headers: [header])
            try client.read(until: "order.snapshot")
            return client
        }
        let answer = try wire.server.ask(
            "DELETE", "/session", headers: ["Cookie: tandem-session=\(wire.cookie)", "X-CSRF-Token: \(wire.csrfToken)"])
        #expect(answer.hasPrefix("HTTP/1.1 204"))
        #expect(
            try streams[0].readToEnd().contains(#"data: {"code":4002,"reason":"credential-revoked","reconnect":false}"#)
        )
        try wire.server.test.publish("after.")
        try streams[1].read(until: "after.")
        #expect(streams[0].count(of: "after.") == 0)
        await wire.server.test.server.stop()
    }

    @Test("A revocation over the wire ends the streams of its subject") func aRevocationEndsStreams() async throws {
        let wire = try await Wire()
        let client = try RawClient(wire.server.test.endpoint)
        client.get("/orders/a/events", headers: ["Authorization: Bearer \(wire.token)"])
        try client.read(until: "order.snapshot")
        let answer = try wire.server.ask(
            "POST", "/revocations", headers: ["Authorization: Bearer \(try wire.server.token("operator", [.revoke]))"],
            body: #"{"subject":"alice"}"#)
        #expect(answer.hasPrefix("HTTP/1.1 204"), "\(answer)")
        #expect(try client.readToEnd().contains("credential-revoked"))
        await wire.server.test.server.stop()
    }

    /// A POST that announces no body has none (RFC 9112, section 6.3), and is answered at once.
    @Test("A POST without a length is answered at once, or told that it needs one")
    func aPostWithoutALengthIsAnswered() async throws {
        let server = try await TokenServer()
        let client = try RawClient(server.test.endpoint)
        client.send("POST /session HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer \(try server.token())\r\n\r\n")
        try client.read(until: "\"csrfToken\"")
        #expect(client.text.hasPrefix("HTTP/1.1 201"))
        // One that needs a body is told so.
        #expect(
            try server.ask("POST", "/tickets", headers: ["Authorization: Bearer \(try server.token())"])
                .hasPrefix("HTTP/1.1 411"))
        await server.test.server.stop()
    }
}
