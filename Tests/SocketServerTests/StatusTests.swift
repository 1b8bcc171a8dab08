import OrderUpdates
import Testing
import TransportCore
import Transports

/// What has a status is refused with it, before any 200.
@Suite(.ownThreads) struct StatusTests {
    @Test(
        "A request is served, or refused with its status",
        arguments: [
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

    @Test(
        "A WebSocket opens, or is refused with its status",
        arguments: [
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

    /// As if it had not been asked for (RFC 9110, section 7.8): `curl --http2` asks.
    @Test("An upgrade to HTTP/2 is ignored") func anUpgradeToHTTP2IsIgnored() async throws {
        let test = try TestServer()
        let headers = [
            "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
        ]
        let polling = try RawClient(test.endpoint)
        polling.get("/orders/a", headers: headers)
        try polling.read(until: "\"orderId\":\"a\"")
        #expect(polling.text.hasPrefix("HTTP/1.1 200"), "\(polling.text)")
        // The connection goes on, also with a body.
        polling.post("/orders", "{\"id\":\"b\"}", headers: headers)
        try polling.read(until: "HTTP/1.1 201")
        let streaming = try RawClient(test.endpoint)
        streaming.get("/orders/a/events", headers: headers)
        try streaming.read(until: "order.snapshot")
        try test.publish("news.")
        try streaming.read(until: "news.")
        await test.server.stop()
    }

    /// As if it had not been asked for (RFC 9110, section 7.8): the path has nothing else, and says so.
    @Test("An upgrade over HTTP/1.0 is ignored") func anUpgradeOfHTTP10IsIgnored() async throws {
        let test = try TestServer()
        let socket = try RawClient(test.endpoint)
        socket.get("/orders/a/socket", version: "1.0", headers: webSocketHeaders)
        try socket.read(until: "\r\n\r\n")
        #expect(socket.text.hasPrefix("HTTP/1.1 426"), "\(socket.text)")
        let polling = try RawClient(test.endpoint)
        polling.get("/orders/a", version: "1.0", headers: webSocketHeaders)
        try polling.read(until: "\"orderId\":\"a\"")
        #expect(polling.text.hasPrefix("HTTP/1.1 200"), "\(polling.text)")
        await test.server.stop()
    }

    /// Not offered (RFC 8441, section 3), as it could not be served: a browser would take it up.
    @Test("WebSockets over HTTP/2 are not offered") func webSocketsOverHTTP2AreNotOffered() async throws {
        let test = try TestServer { $0.h2c = true }
        let client = try RawClient(
            Endpoint(host: test.endpoint.host, port: try #require(test.endpoint.h2cPort)))
        client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        client.send([0, 0, 0, 4, 0, 0, 0, 0, 0])
        try client.read(until: { $0.count >= 9 && $0.count >= 9 + Int($0[1]) << 8 + Int($0[2]) })
        let head = Array(client.received.prefix(9))
        #expect(head[0] == 0 && head[3] == 4, "the server begins with its SETTINGS (RFC 9113, section 3.4)")
        let settings = client.received.dropFirst(9).prefix(Int(head[1]) << 8 + Int(head[2]))
        let names = stride(from: settings.startIndex, to: settings.endIndex, by: 6).map {
            Int(settings[$0]) << 8 + Int(settings[$0 + 1])
        }
        #expect(names.contains(3) && !names.contains(8), "\(names)")
        await test.server.stop()
    }

    /// A native EventSource comes back to its URL: the query says where it began, the header where it has come to.
    @Test("The position in Last-Event-ID takes precedence over the one in the query")
    func theHeaderSaysMoreThanTheQuery() async throws {
        let test = try TestServer()
        let first = try #require(test.hub.order(TestServer.order)?.position)
        for number in 1...3 { try test.publish("update \(number).") }
        let known = StreamPosition(epoch: first.epoch, offset: first.offset + 2)
        for (headers, expected) in [
            (["Last-Event-ID: \(known)"], ["3"]), ([], ["1", "2", "3"]), (["Last-Event-ID:"], ["1", "2", "3"]),
        ] {
            let client = try RawClient(test.endpoint)
            client.get("/orders/a/events?after=\(first)", headers: headers)
            try client.read(until: "update 3.")
            let numbers = client.text.split(separator: "\"message\":\"update ").dropFirst().map { String($0.prefix(1)) }
            #expect(numbers == expected)
        }
        // A position that does not count must be one all the same.
        let client = try RawClient(test.endpoint)
        client.get("/orders/a/events?after=here", headers: ["Last-Event-ID: \(known)"])
        #expect(try client.read(until: "}").hasPrefix("HTTP/1.1 400"))
        await test.server.stop()
    }

    @Test(
        "A wait of any number of digits counts as the longest; what is no number is refused",
        arguments: [
            ("99999999999999999999999", 204), ("3", 204), ("0003", 204), ("0", 204), ("-1", 400), ("+1", 400),
            ("1.5", 400), ("", 400), ("soon", 400), ("٣", 400),
        ])
    func waits(_ wait: String, _ status: Int) async throws {
        let test = try TestServer { $0.limits.longPollWait = .seconds(1) }
        let position = try #require(test.hub.order(TestServer.order)?.position)
        let client = try RawClient(test.endpoint)
        client.get("/orders/a/updates?after=\(position)&wait=\(wait)")
        #expect(try client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 \(status)"), "\(client.text)")
        await test.server.stop()
    }

    @Test("An empty parameter is passed over") func anEmptyParameterIsNoEnd() async throws {
        let test = try TestServer()
        for path in ["/events?&order=a", "/events?order=&&order=a&", "/orders/a/events?&&after="] {
            let client = try RawClient(test.endpoint)
            client.get(path)
            try client.read(until: "\r\n\r\n")
            let isNamed = !path.contains("order=&")
            #expect(client.text.hasPrefix("HTTP/1.1 \(isNamed ? 200 : 404)"), "\(path): \(client.text)")
        }
        await test.server.stop()
    }

    @Test("A WebSocket that offers only foreign subprotocols is refused")
    func aSubprotocolThatIsNotOursIsRefused() async throws {
        let test = try TestServer()
        let client = try RawClient(test.endpoint)
        client.get("/orders/a/socket", headers: webSocketHeaders + ["Sec-WebSocket-Protocol: chat, superchat"])
        try client.read(until: "\r\n\r\n")
        #expect(client.text.hasPrefix("HTTP/1.1 400"))
        await test.server.stop()
    }

    /// `http` is libwebsockets' name for what is no WebSocket.
    @Test("Of several subprotocols ours is chosen") func theSubprotocolThatIsServedIsChosen() async throws {
        let test = try TestServer()
        let client = try RawClient(test.endpoint)
        client.get("/orders/a/socket", headers: webSocketHeaders + ["Sec-WebSocket-Protocol: http, order-updates.v1"])
        let head = try client.read(until: "\r\n\r\n").lowercased()
        #expect(head.hasPrefix("http/1.1 101"), "\(head)")
        #expect(head.contains("\r\nsec-websocket-protocol: order-updates.v1\r\n"), "\(head)")
        await test.server.stop()
    }

    @Test(
        "A method that a path does not have is refused with those that it has",
        arguments: [
            ("DELETE", "/orders/a", "GET"), ("HEAD", "/orders/a/events", "GET"),
            ("DELETE", "/orders/a/updates", "GET, POST"),
        ])
    func methods(_ method: String, _ path: String, _ allowed: String) async throws {
        let test = try TestServer()
        let client = try RawClient(test.endpoint)
        client.send("\(method) \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
        try client.read(until: "\r\n\r\n")
        #expect(client.text.hasPrefix("HTTP/1.1 405"), "\(client.text)")
        #expect(client.text.contains("\r\nallow: \(allowed)\r\n"), "\(client.text)")
        await test.server.stop()
    }

    @Test("A page of a listed origin may call, and another's preflight and WebSocket are refused")
    func crossOrigin() async throws {
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
