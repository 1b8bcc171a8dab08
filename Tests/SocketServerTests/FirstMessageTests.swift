import LWS
import OrderUpdates
import Testing
import TransportCore
import Transports

/// A WebSocket that presents its credential in its first message: what a peer may hold until then, and what ends it.
@Suite(.ownThreads) struct FirstMessageTests {
    private func authenticate(_ token: String) -> String { #"{"type":"authenticate","token":"\#(token)"}"# }

    @Test("A good token in the first message opens the stream") func aGoodTokenOpensTheStream() async throws {
        let server = try await TokenServer()
        let client = try RawClient.webSocket(server.test, "/orders/a/socket")
        client.sendText(authenticate(try server.token()))
        try client.read(until: #"{"type":"authenticated","expires":"#)
        try client.read(until: #"{"type":"order.snapshot""#)
        try server.test.publish("first.")
        try client.read(until: "first.")
        #expect(client.count(of: "order.snapshot") == 1)
        await server.test.server.stop()
    }

    /// Without an order of its own, and with a position to resume from.
    @Test("A socket that has authenticated may resume from a position or subscribe")
    func theSocketIsThenLikeAnyOther() async throws {
        let server = try await TokenServer()
        let position = try #require(server.test.hub.order(TestServer.order)?.position)
        let resuming = try RawClient.webSocket(server.test, "/orders/a/socket?after=\(position)")
        resuming.sendText(authenticate(try server.token()))
        try resuming.read(until: "authenticated")
        let asking = try RawClient.webSocket(server.test, "/socket")
        asking.sendText(authenticate(try server.token()))
        try asking.read(until: "authenticated")
        asking.sendText(#"{"type":"subscribe","orderId":"a"}"#)
        try asking.read(until: #"{"type":"order.snapshot""#)
        try server.test.publish("first.")
        for client in [resuming, asking] { try client.read(until: "first.") }
        #expect(resuming.count(of: "order.snapshot") == 0)
        await server.test.server.stop()
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var path = "/orders/a/socket"
        /// FIN, opcode and payload of the frames; `T` in a text stands for the token.
        var frames: [(head: UInt8, text: String)]
        var code: UInt16
        var reason: String
        var subject = "alice"
        var scopes: Set<Scope> = [.read]

        init(
            _ what: String, _ frames: [(UInt8, String)], path: String = "/orders/a/socket", subject: String = "alice",
            scopes: Set<Scope> = [.read], _ code: UInt16, _ reason: String
        ) {
            testDescription = what
            (self.frames, self.path, self.subject, self.scopes) = (frames, path, subject, scopes)
            (self.code, self.reason) = (code, reason)
        }
    }

    private static let good = #"{"type":"authenticate","token":"T"}"#
    private static let long = String(repeating: "x", count: 1100)

    static let rows = [
        // The form.
        Row("too big", [(0x81, long)], 1009, "message-too-big"),
        Row(
            "too big in parts", [(0x01, String(long.prefix(600))), (0x80, String(long.prefix(600)))], 1009,
            "message-too-big"),
        Row("binary", [(0x82, good)], 1008, "policy-violation"),
        Row("not JSON", [(0x81, "T")], 1008, "policy-violation"),
        Row("empty", [(0x81, "")], 1008, "policy-violation"),
        Row("not an object", [(0x81, "[]")], 1008, "policy-violation"),
        Row("a token of another type", [(0x81, #"{"type":"authenticate","token":1}"#)], 1008, "policy-violation"),
        // What it says.
        Row("another message first", [(0x81, #"{"type":"subscribe","orderId":"a"}"#)], 3000, "unauthorized"),
        Row("another type with a token", [(0x81, #"{"type":"refresh","token":"T"}"#)], 3000, "unauthorized"),
        Row("no token", [(0x81, #"{"type":"authenticate"}"#)], 3000, "unauthorized"),
        Row("an empty token", [(0x81, #"{"type":"authenticate","token":""}"#)], 3000, "unauthorized"),
        Row("a token with a letter more", [(0x81, #"{"type":"authenticate","token":"TA"}"#)], 3000, "unauthorized"),
        Row(
            "the scheme's name before it", [(0x81, #"{"type":"authenticate","token":"Bearer T"}"#)], 3000,
            "unauthorized"),
        // Whose it is.
        Row("another's order", [(0x81, good)], subject: "bob", 3003, "forbidden"),
        Row("without the scope", [(0x81, good)], scopes: [.publish], 3003, "forbidden"),
        Row("no such order", [(0x81, good)], path: "/orders/zzz/socket", 4004, "unknown-order"),
        // Who may not read does not learn what there is.
        Row(
            "without the scope, no such order", [(0x81, good)], path: "/orders/zzz/socket", scopes: [], 3003,
            "forbidden"),
        // Twice.
        Row("twice", [(0x81, good), (0x81, good)], 1008, "policy-violation"),
    ]

    @Test("Any other first message ends the socket with the reason", arguments: rows)
    func anotherFirstMessageEndsTheSocket(row: Row) async throws {
        let server = try await TokenServer { $0.limits.firstMessageBytes = 1000 }
        let client = try RawClient.webSocket(server.test, row.path)
        let token = try server.token(Subject(row.subject), row.scopes)
        for frame in row.frames { client.sendFrame(frame.head, Array(frame.text.replacing("T", with: token).utf8)) }
        try client.readClose(row.code, row.reason)
        #expect(client.count(of: token) == 0, "nothing is echoed")
        if row.frames.count == 1 || row.frames[0].head != 0x81 {
            #expect(client.count(of: "order.snapshot") == 0 && client.count(of: "authenticated") == 0)
        }
        client.reset()
        try await server.test.waitUntil("no connections") { $0.connections == 0 && $0.subscribers == 0 }
        await server.test.server.stop()
    }

    @Test("A socket without a first message is ended at the deadline, and a later token counts for nothing")
    func aSilentSocketIsEnded() async throws {
        let server = try await TokenServer { $0.limits.firstMessageDeadline = .milliseconds(20) }
        let client = try RawClient.webSocket(server.test, "/orders/a/socket")
        try client.readClose(3008, "timeout")
        client.sendText(authenticate(try server.token()))
        client.sendFrame(0x88, [0x0B, 0xC0])
        #expect(try !client.readToEnd().contains("authenticated"))
        try await server.test.waitUntil("no connections") { $0.connections == 0 }
        #expect(server.test.server.statistics.refused == 1)
        await server.test.server.stop()
    }

    /// A peer that answers nothing, not even a close frame, is refused once. It does not get the time to answer again that one
    /// with a credential has, whatever else it sends.
    @Test("A socket without a credential that ignores its close frame is not waited for", arguments: [false, true])
    func aSilentSocketIsCutSoon(tls: Bool) async throws {
        let certificate = try SelfSigned()
        let server = try await TokenServer {
            $0.limits.firstMessageDeadline = .milliseconds(20)
            if tls { $0.tls = .init(certificate: certificate.certificate, key: certificate.key) }
        }
        let trusted = tls ? try RawTLS(authority: certificate.certificate) : nil
        /// What comes until it is enough.
        func read(_ socket: RawSocket, _ what: String, until isEnough: ([UInt8]) -> Bool) throws {
            var received: [UInt8] = []
            while !isEnough(received) {
                guard case .bytes(let bytes) = socket.receive(within: .seconds(20)) else {
                    throw RawClient.Failure.hung(
                        waitingFor: what, received: String(decoding: received, as: UTF8.self))
                }
                received += bytes
            }
        }
        func open(_ headers: [String]) throws -> RawSocket {
            let endpoint = server.test.endpoint
            let socket = try RawSocket(host: endpoint.host, port: endpoint.port, tls: trusted)
            let lines = ["GET /orders/a/socket HTTP/1.1", "Host: test"] + webSocketHeaders + headers + ["", ""]
            socket.send(Array(lines.joined(separator: "\r\n").utf8))
            try read(socket, "the upgrade") { $0.contains("\r\n\r\n".utf8) }
            return socket
        }
        func readClose(_ socket: RawSocket, _ code: UInt16) throws {
            try read(socket, "close \(code)") {
                $0.contains([0x88]) && $0.contains([UInt8(code >> 8), UInt8(code & 0xFF)])
            }
        }
        func readEnd(_ socket: RawSocket) throws {
            while true {
                switch socket.receive(within: .seconds(20)) {
                case .bytes: continue
                case .end: return
                case .nothing: throw RawClient.Failure.hung(waitingFor: "the end", received: "")
                }
            }
        }
        let known = try open(["Authorization: Bearer \(try server.token())"])
        known.send(RawClient.frame(0x81, Array("nothing".utf8)))
        try readClose(known, 1008)
        let silent = try open([])
        try readClose(silent, 3008)
        // Pings do not buy time.
        for _ in 0..<4 { silent.send(RawClient.frame(0x89, [])) }
        try readEnd(silent)
        #expect(known.receive(within: .zero) == .nothing, "one with a credential is waited for")
        #expect(server.test.server.statistics.refused == 2, "the message that is none, and the silence")
        known.send(RawClient.frame(0x88, [0x03, 0xF0]))
        try readEnd(known)
        try await server.test.waitUntil("no connections") { $0.connections == 0 }
        await server.test.server.stop()
    }

    @Test("A socket that does not finish its first message is ended at the deadline")
    func aSocketThatNeverEndsItsMessageIsEnded() async throws {
        let server = try await TokenServer { $0.limits.firstMessageDeadline = .milliseconds(20) }
        let client = try RawClient.webSocket(server.test, "/orders/a/socket")
        client.sendFrame(0x01, Array("{".utf8))
        try client.readClose(3008, "timeout")
        await server.test.server.stop()
    }

    @Test("A socket without a credential that answers no ping is cut by the heartbeat")
    func aSocketThatAnswersNothingIsCut() async throws {
        let server = try await TokenServer {
            $0.limits.firstMessageDeadline = .seconds(3600)
            $0.limits.stalledReader = .milliseconds(40)
            $0.heartbeat.interval = .milliseconds(20)
        }
        let client = try RawClient.webSocket(server.test, "/orders/a/socket")
        try await server.test.waitUntil("the socket to be cut") { $0.slowConsumersCut == 1 }
        _ = try client.readToEnd()
        try await server.test.waitUntil("no connections") { $0.connections == 0 }
        #expect(try server.ask("GET", "/healthz").hasPrefix("HTTP/1.1 200"))
        await server.test.server.stop()
    }

    @Test("Sockets without a credential are limited, until they authenticate or leave")
    func socketsWithoutACredentialAreLimited() async throws {
        let server = try await TokenServer { $0.limits.unauthenticatedSockets = 2 }
        let first = try RawClient.webSocket(server.test, "/orders/a/socket")
        var second: RawClient? = try RawClient.webSocket(server.test, "/socket")
        func status() throws -> String {
            let client = try RawClient(server.test.endpoint)
            client.get("/orders/a/socket", headers: webSocketHeaders)
            try client.read(until: "\r\n\r\n")
            if client.text.hasPrefix("HTTP/1.1 503") { #expect(client.text.contains("retry-after: ")) }
            return String(client.text.prefix(12))
        }
        #expect(try status() == "HTTP/1.1 503")
        // Who shows a credential is not of them.
        let headers = ["Authorization: Bearer \(try server.token())"]
        _ = try RawClient.webSocket(server.test, "/orders/a/socket", headers: headers)
        // A place is free again when its socket has said whose it is, and when it has gone.
        first.sendText(authenticate(try server.token()))
        try first.read(until: "order.snapshot")
        #expect(try status() == "HTTP/1.1 101")
        second?.reset()
        second = nil
        try await server.test.waitUntil("the others to go") { $0.connections == 1 }
        for _ in 0..<2 { #expect(try status() == "HTTP/1.1 101") }
        await server.test.server.stop()
    }
}
