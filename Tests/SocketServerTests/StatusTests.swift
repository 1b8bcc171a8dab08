import Testing
import TransportCore
import Transports

/// What has a status is refused with it, before any 200.
@Suite struct StatusTests {
    @Test(arguments: [
        ("/orders/a/events", "", "401"), ("/orders/a/events", "Bearer wrong", "401"),
        ("/orders/a/events", "Bearer bob", "403"),
        ("/orders/zzz/events", "Bearer alice", "404"), ("/orders/a%2Fb/events", "Bearer alice", "404"),
        ("/events?order=a&order=zzz", "Bearer alice", "404"), ("/events?order=a", "Bearer bob", "403"),
        ("/events", "Bearer alice", "400"), ("/orders/a", "", "401"), ("/orders/a", "Bearer bob", "403"),
        ("/orders/zzz", "Bearer alice", "404"), ("/orders/a/updates", "Bearer bob", "403"),
        ("/orders/a/updates?wait=soon", "Bearer alice", "400"),
        ("/orders/a/events?after=nonsense", "Bearer alice", "400"),
        ("/nowhere", "Bearer alice", "404"), ("/orders/a", "Bearer alice", "200"), ("/healthz", "", "200"),
        ("/readyz", "", "200"),
    ])
    func requests(path: String, authorization: String, status: String) async throws {
        let test = try TestServer(auth: NamedTokens())
        let client = try RawClient(test.endpoint)
        client.get(path, headers: authorization.isEmpty ? [] : ["Authorization: \(authorization)"])
        try client.read(until: "\r\n\r\n")
        #expect(client.text.hasPrefix("HTTP/1.1 \(status)"), "\(client.text)")
        if status == "401" { #expect(client.text.contains("www-authenticate: Bearer")) }
        await test.server.stop()
    }

    @Test(arguments: [
        ("/orders/a/socket", "Bearer alice", "101"), ("/orders/a/socket", "", "401"),
        ("/orders/a/socket", "Bearer bob", "403"),
        ("/orders/zzz/socket", "Bearer alice", "404"), ("/nowhere", "Bearer alice", "404"),
        ("/socket", "Bearer alice", "101"),
    ])
    func upgrades(path: String, authorization: String, status: String) async throws {
        let test = try TestServer(auth: NamedTokens())
        let client = try RawClient(test.endpoint)
        client.get(path, headers: webSocketHeaders + (authorization.isEmpty ? [] : ["Authorization: \(authorization)"]))
        try client.read(until: "\r\n\r\n")
        #expect(client.text.hasPrefix("HTTP/1.1 \(status)"), "\(client.text)")
        await test.server.stop()
    }

    @Test func aSubprotocolThatIsNotOursIsRefused() async throws {
        let test = try TestServer()
        let client = try RawClient(test.endpoint)
        client.get("/orders/a/socket", headers: webSocketHeaders + ["Sec-WebSocket-Protocol: chat, superchat"])
        try client.read(until: "\r\n\r\n")
        #expect(client.text.hasPrefix("HTTP/1.1 400"))
        await test.server.stop()
    }

    @Test func methods() async throws {
        let test = try TestServer()
        let client = try RawClient(test.endpoint)
        client.send("DELETE /orders/a HTTP/1.1\r\nHost: test\r\n\r\n")
        try client.read(until: "\r\n\r\n")
        #expect(client.text.hasPrefix("HTTP/1.1 405"), "\(client.text)")
        await test.server.stop()
    }

    @Test func crossOrigin() async throws {
        let test = try TestServer { $0.allowedOrigins = ["https://portal.example"] }
        let preflight = try RawClient(test.endpoint)
        preflight.send(
            "OPTIONS /orders/a/events HTTP/1.1\r\nHost: test\r\nOrigin: https://portal.example\r\n"
                + "Access-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: authorization\r\n\r\n")
        try preflight.read(until: "\r\n\r\n")
        #expect(preflight.text.hasPrefix("HTTP/1.1 204"), "\(preflight.text)")
        #expect(preflight.text.contains("access-control-allow-origin: https://portal.example"))
        let foreign = try RawClient(test.endpoint)
        foreign.send("OPTIONS /orders/a/events HTTP/1.1\r\nHost: test\r\nOrigin: https://evil.example\r\n\r\n")
        try foreign.read(until: "\r\n\r\n")
        #expect(foreign.text.hasPrefix("HTTP/1.1 403"))
        let stream = try RawClient(test.endpoint)
        stream.get("/orders/a/events", headers: ["Origin: https://portal.example"])
        try stream.read(until: "order.snapshot")
        #expect(stream.text.contains("access-control-allow-origin: https://portal.example"))
        let socket = try RawClient(test.endpoint)
        socket.get("/orders/a/socket", headers: webSocketHeaders + ["Origin: https://evil.example"])
        try socket.read(until: "\r\n\r\n")
        #expect(socket.text.hasPrefix("HTTP/1.1 403"))
        await test.server.stop()
    }
}

let webSocketHeaders = [
    "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
]
