import LWS
import OrderUpdates
import Testing
import TransportCore
import Transports

/// Connections that a proxy is to carry.
@Suite(.timeLimit(.minutes(2))) struct ProxiedClientTests {
    @Test(
        "A proxy that hangs up before it has answered is asked once",
        arguments: ["", "HTTP/1.1 200"])
    func asksOnce(_ answer: String) async throws {
        let way = "the proxy ended the connection before it opened a way to 127.0.0.1:1"
        for (transport, cause) in [
            (SSEClientTransport(), way), (PollingClientTransport(), way),
            (WebSocketClientTransport(), "the connection ended before the handshake"),
        ] as [(any ClientTransport, String)] {
            // One that is asked again hangs up again, and then listens no more.
            let proxy = ScriptedServer(connections: [answer, answer], closes: true) { answer, _ in
                [Array(answer.utf8)]
            }
            var configuration = ClientConfiguration()
            configuration.proxy = ProxyAddress(host: "127.0.0.1", port: proxy.port)
            let client = try await transport.makeClient(configuration)
            let recorder = ClientRecorder()
            let endpoint = Endpoint(host: "127.0.0.1", port: 1)
            _ = client.open(Subscription(endpoint: endpoint, orders: [OrderID("a")!]), handler: recorder)
            let told = await recorder.untilClosed()
            await client.shutdown()
            #expect(told == .failed(cause), "\(transport.name)")
            #expect(recorder.lines == ["closed"])
            // Connections are accepted in their order: with this one, all that the client made have been counted.
            let last = try RawSocket(host: "127.0.0.1", port: proxy.port)
            last.send(Array("LAST\r\n\r\n".utf8))
            while !proxy.requests.contains("LAST\r\n\r\n") { try await Task.sleep(for: .milliseconds(2)) }
            #expect(
                proxy.requests == ["CONNECT 127.0.0.1:1 HTTP/1.1\r\nhost: 127.0.0.1:1\r\n\r\n", "LAST\r\n\r\n"],
                "\(transport.name)")
        }
    }
}
