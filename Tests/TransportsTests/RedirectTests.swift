import OrderUpdates
import Testing
import TransportCore
import Transports

/// Redirects of streams, as `fetch` and `EventSource` follow them.
@Suite(.timeLimit(.minutes(2))) struct RedirectTests {
    private static let stream =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nevent: order.update\nid: 1-1\ndata: {}\n\n"

    /// A server that answers connection by connection, and what a client with secrets makes of it. `{port}` is the server's.
    private static func run(
        _ answers: [String], from host: String = "127.0.0.1", over transport: any ClientTransport = SSEClientTransport()
    ) async throws -> (lines: [String], cause: ClosedCause, requests: [String]) {
        let server = ScriptedServer(connections: answers, closes: true) { answer, request in
            let host = request.split(separator: "\r\n").first { $0.hasPrefix("host: ") } ?? ""
            let port = host.split(separator: ":").last ?? ""
            return [
                Array(
                    answer.split(separator: "{port}", omittingEmptySubsequences: false).joined(separator: String(port))
                        .utf8)
            ]
        }
        let client = try await transport.makeClient(ClientConfiguration())
        let recorder = ClientRecorder()
        var subscription = Subscription(
            endpoint: Endpoint(host: host, port: server.port), orders: [OrderID("a")!], credential: .bearer("secret"))
        subscription.path = "/old/stream?x=1"
        subscription.headers = [("cookie", "s=1"), ("x-tenant", "t")]
        _ = client.open(subscription, handler: recorder)
        let cause = await recorder.untilClosed()
        await client.shutdown()
        return (recorder.lines, cause, server.requests)
    }

    private static func redirect(_ status: Int, _ location: String) -> String {
        "HTTP/1.1 \(status) R\r\nlocation: \(location)\r\ncontent-length: 2\r\n\r\nno"
    }

    @Test("Every status that redirects is followed, with what the request says", arguments: [301, 302, 303, 307, 308])
    func follows(_ status: Int) async throws {
        let (lines, cause, requests) = try await Self.run([Self.redirect(status, "/new?y=2#part"), Self.stream])
        #expect(lines == ["opened", "update 1-1 {}", "closed"])
        #expect(cause == .ended)
        #expect(requests.count == 2)
        #expect(requests.last?.hasPrefix("GET /new?y=2 HTTP/1.1\r\n") == true)
        for field in ["authorization: Bearer secret", "cookie: s=1", "x-tenant: t", "accept: text/event-stream"] {
            #expect(requests.last?.contains("\r\n\(field)\r\n") == true, "\(field)")
        }
    }

    @Test(
        "A place is relative to the one before",
        arguments: [
            ("http://127.0.0.1:{port}/a", "/a"), ("//127.0.0.1:{port}/b", "/b"), ("next", "/old/next"),
            ("../up/./x?z", "/up/x?z"), ("?q=3", "/old/stream?q=3"), ("HTTP://127.0.0.1:{port}", "/"),
        ])
    func resolves(_ location: String, _ path: String) async throws {
        let (lines, _, requests) = try await Self.run([Self.redirect(307, location), Self.stream])
        #expect(lines.first == "opened")
        #expect(requests.last?.hasPrefix("GET \(path) HTTP/1.1\r\n") == true, "\(requests)")
    }

    @Test("To another origin goes no credential, and what is no secret does")
    func dropsCredentials() async throws {
        // The same server by another name of its host is another origin.
        let (lines, _, requests) = try await Self.run([Self.redirect(302, "http://localhost:{port}/s"), Self.stream])
        #expect(lines.first == "opened")
        let last = try #require(requests.last)
        #expect(!last.contains("secret") && !last.contains("cookie"))
        #expect(last.contains("\r\nx-tenant: t\r\n"))
    }

    @Test("Redirects have a bound, and end where they lead nowhere")
    func boundsRedirects() async throws {
        let (_, cause, requests) = try await Self.run(Array(repeating: Self.redirect(302, "/again"), count: 21))
        #expect(cause == .failed("the server redirects more than 20 times"))
        #expect(requests.count == 21)
        for location in ["ftp://a/b", "http://u:p@127.0.0.1/", "http://a b/", "mailto:x"] {
            guard case .failed(let cause) = try await Self.run([Self.redirect(302, location)]).cause else {
                Issue.record("'\(location)' was followed")
                continue
            }
            #expect(cause.contains("no URL to follow"), "\(cause)")
        }
        let without = try await Self.run(["HTTP/1.1 302 R\r\ncontent-length: 0\r\n\r\n"])
        #expect(without.cause == .refused(status: 302, retryAfter: nil))
    }

    @Test("A WebSocket and a poll follow none")
    func othersStay() async throws {
        for transport in [WebSocketClientTransport(), PollingClientTransport()] as [any ClientTransport] {
            let (_, cause, requests) = try await Self.run([Self.redirect(301, "/new")], over: transport)
            #expect(cause == .refused(status: 301, retryAfter: nil))
            #expect(requests.count == 1)
        }
    }
}
