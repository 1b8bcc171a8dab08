import Authentication
import OrderUpdates
import Testing
import TransportCore
import Transports

/// Renewal of a WebSocket in band, and by the side request where both meet.
@Suite(.ownThreads) struct RefreshTests {
    private func refresh(_ token: String) -> String { #"{"type":"refresh","token":"\#(token)"}"# }

    private func open(_ server: TokenServer, _ id: CredentialID) throws -> RawClient {
        let client = try RawClient.webSocket(
            server.test, "/orders/a/socket", headers: ["Authorization: Bearer \(try server.token(id: id))"])
        try client.read(until: "order.snapshot")
        return client
    }

    @Test("A new token takes the place of the first, and its revocation ends the stream")
    func extendsTheStream() async throws {
        let server = try await TokenServer()
        let renewed = try open(server, "first")
        let left = try open(server, "first")
        renewed.sendText(refresh(try server.token(id: "second")))
        try renewed.read(until: #"{"type":"refreshed","expires":"#)
        try await server.revocations.revoke(.token(id: "first", expires: nil))
        try left.readClose(4002, "credential-revoked")
        try server.test.publish("after.")
        try renewed.read(until: "after.")
        #expect(renewed.count(of: "order.snapshot") == 1)
        // The stream is the later token's now.
        try await server.revocations.revoke(.token(id: "second", expires: nil))
        try renewed.readClose(4002, "credential-revoked")
        await server.test.server.stop()
    }

    @Test("A stream ends with the token that renewed it, even if that ends sooner")
    func endsWithTheLaterToken() async throws {
        let server = try await TokenServer()
        let client = try open(server, "first")
        // Expired by its own clock, and taken for the five seconds of skew: a second or two are left of them.
        client.sendText(refresh(try server.token(lifetime: .seconds(-3), id: "second")))
        try client.read(until: "refreshed")
        try client.readClose(4001, "credential-expired")
        await server.test.server.stop()
    }

    @Test("A token that does not fit is refused, and the stream keeps its own")
    func refusesOtherTokensAndChangesNothing() async throws {
        let server = try await TokenServer()
        let client = try open(server, "first")
        let revoked = try server.token(id: "revoked")
        try await server.revocations.revoke(.token(id: "revoked", expires: nil))
        for (what, token, status) in [
            ("another subject's", try server.token("bob"), 403),
            ("without the scope", try server.token(scopes: []), 403),
            ("none", "", 401), ("garbage", "x.y.z", 401), ("expired", try server.token(lifetime: .seconds(-60)), 401),
            ("revoked", revoked, 401),
        ] {
            client.sendText(refresh(token))
            try client.read(until: #""status":\#(status),"#)
            #expect(token.isEmpty || client.count(of: token) == 0, "\(what)")
        }
        client.sendText(#"{"type":"refresh"}"#)
        try client.read(until: #""status":401,"#)
        #expect(client.count(of: "refreshed") == 0)
        // It goes on, and ends with the token that it was opened with.
        try server.test.publish("after.")
        try client.read(until: "after.")
        try await server.revocations.revoke(.token(id: "first", expires: nil))
        try client.readClose(4002, "credential-revoked")
        await server.test.server.stop()
    }

    @Test("A stream that a ticket opened keeps to its orders after a renewal")
    func aTicketsStreamStaysWithItsOrders() async throws {
        let server = try await TokenServer()
        try server.test.hub.create(.init("b")!, owner: "alice", status: .activating)
        let answer = try server.ask(
            "POST", "/tickets", headers: ["Authorization: Bearer \(try server.token(id: "first"))"],
            body: #"{"transport":"websocket","orders":["a"]}"#)
        let ticket = try #require(answer.firstMatch(of: /"ticket":"([^"]+)"/)?.output.1)
        let client = try RawClient.webSocket(server.test, "/orders/a/socket?ticket=\(ticket)")
        try client.read(until: "order.snapshot")
        client.sendText(refresh(try server.token(id: "second")))
        try client.read(until: "refreshed")
        client.sendText(#"{"type":"subscribe","orderId":"b"}"#)
        try client.read(until: #"{"type":"error","orderId":"b","status":403"#)
        await server.test.server.stop()
    }
}

extension TokenServer {
    fileprivate func token(scopes: Set<Scope>) throws -> String { try token("alice", scopes) }
}
