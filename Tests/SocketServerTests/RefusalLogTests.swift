import Authentication
import Glibc
import Logging
import OrderUpdates
import Synchronization
import Testing
import TransportCore
import Transports

/// What a server writes of its peers: a line a refusal with a cause, and no part of a credential.
@Suite(.ownThreads) struct RefusalLogTests {
    /// Keeps the lines, as the standard handler would write their metadata.
    private struct Lines: LogHandler {
        static let all = Mutex<[[String: String]]>([])
        var logLevel = Logger.Level.trace
        var metadata = Logger.Metadata()

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            var line = ["message": "\(event.message)"]
            for (key, value) in event.metadata ?? [:] { line[key] = "\(value)" }
            Self.all.withLock { $0.append(line) }
        }
    }

    // In a process of its own: the logging system is the process's.
    @Test("Every refusal is one line of the log, without a credential")
    func everyRefusalIsOneLineWithoutACredential() async {
        await #expect(processExitsWith: .success) {
            LoggingSystem.bootstrap { _ in Lines() }
            let server = try await TokenServer { $0.limits.firstMessageBytes = 1000 }
            let bad = "canary.canary.canary"
            let good = try server.token("bob", [.publish], id: "canary")
            let bearer = "Authorization: Bearer "
            // Each is refused, with its status in the log.
            let requests: [(status: String, method: String, path: String, headers: [String])] = [
                ("401", "GET", "/orders/a", []), ("401", "GET", "/orders/a", [bearer + bad]),
                ("403", "GET", "/orders/a", [bearer + good]), ("401", "GET", "/orders/a?access_token=\(bad)", []),
                ("403", "GET", "/orders/a?access_token=\(good)", []), ("401", "GET", "/orders/a?ticket=\(bad)", []),
                ("401", "GET", "/orders/a", ["Cookie: tandem-session=canary"]),
                ("400", "GET", "/orders/a?access_token=\(good)", [bearer + good]),
                ("401", "GET", "/orders/a", ["Sec-WebSocket-Protocol: bearer.\(bad)"]),
                ("400", "GET", "/orders/a/events?after=canary", [bearer + (try server.token())]),
                // A line break in a path would begin a line that the peer has made up.
                ("400", "GET", "/nowhere%0arefused%0d%e2%80%a8x", []),
                ("404", "GET", "/nowhere%1b%5b2J", []), ("404", "GET", "/nowhere%e2%80%a8x", []),
                ("404", "GET", "/nowhere%c2%85x%7fy", []),
                ("400", "GET", "/orders/%1b%0dx", [bearer + (try server.token())]),
                ("404", "GET", "/" + String(repeating: "y", count: 4000), []),
            ]
            for request in requests {
                Lines.all.withLock { $0 = [] }
                let answer = try server.ask(request.method, request.path, headers: request.headers)
                #expect(answer.hasPrefix("HTTP/1.1 \(request.status)"), "\(answer)")
                let lines = Lines.all.withLock { $0 }
                #expect(lines.count == 1, "\(request.path.prefix(40)): \(lines)")
                #expect(lines.first?["message"] == "refused" && lines.first?["status"] == request.status)
                #expect(lines.first?["cause"]?.isEmpty == false)
                Self.check()
            }
            // What the parser refuses is told by its field, and not by what stands in it.
            for (field, lines) in [
                ("X-Auth", ["X-Auth: canary\u{1}"]), ("X-Auth", ["X-Auth: a", " canary"]),
                ("X", ["X Auth: canary"]),
                ("Authorization", ["Authorization canary, X: y"]),
                ("Authorization", ["Authorization: Bearer", "canary"]),
                ("X-Auth", ["X-Auth: a", "Authorization Bearer canary"]),
                ("Content-Length", ["Content-Length: canary"]),
                ("Transfer-Encoding", ["Transfer-Encoding: canary"]), ("Host", ["Host: canary"]),
                ("Expect", ["Expect: canary"]),
                (
                    "Sec-WebSocket-Key",
                    [
                        "Upgrade: websocket", "Connection: upgrade", "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: canary",
                    ]
                ),
            ] {
                Lines.all.withLock { $0 = [] }
                _ = try server.ask("GET", "/orders/a", headers: lines)
                let refusals = Lines.all.withLock { $0 }
                #expect(refusals.count == 1, "\(lines): \(refusals)")
                #expect(refusals.first?["cause"]?.contains(" (\(field)): ") == true, "\(lines): \(refusals)")
                Self.check()
            }
            // The same in a socket's messages.
            for (code, message) in [
                (3000, #"{"type":"authenticate","token":"\#(bad)"}"#),
                (3003, #"{"type":"authenticate","token":"\#(good)"}"#),
                (3000, #"{"type":"canary"}"#),
            ] {
                Lines.all.withLock { $0 = [] }
                let client = try RawClient.webSocket(server.test, "/orders/a/socket")
                client.sendText(message)
                try client.read(until: "{\"code\":\(code),")
                #expect(Lines.all.withLock { $0.count } == 1)
                Self.check()
            }
            Lines.all.withLock { $0 = [] }
            let client = try RawClient.webSocket(
                server.test, "/orders/a/socket", headers: [bearer + (try server.token(id: "canary"))])
            client.sendText(#"{"type":"refresh","token":"\#(bad)"}"#)
            try client.read(until: "\"status\":401")
            // What ends a stream is a line too.
            try await server.revocations.revoke(.token(id: "canary", expires: nil))
            try client.read(until: "credential-revoked")
            #expect(Lines.all.withLock { $0.map { $0["message"] } } == ["refused", "ended"])
            Self.check()
            await server.test.server.stop()
        }
    }

    /// No line holds a credential, breaks off or is long.
    private static func check() {
        for text in Lines.all.withLock({ $0.flatMap(\.values) }) {
            #expect(!text.contains("canary"), "\(text)")
            #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x2028 })
            #expect(text.utf8.count <= 600)
        }
    }
}
