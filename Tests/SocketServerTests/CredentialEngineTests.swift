import Glibc
import OrderUpdates
import Testing
import TransportCore
import Transports

/// The traps of libwebsockets and libuv on which credentials tread, each with the test that fails without its remedy.
@Suite(.serialized) struct CredentialEngineTests {
    /// libwebsockets reads the subprotocols into 128 bytes: a token among them is longer.
    @Test(arguments: [0, 50, 128, 400, 4_000], [true, false])
    func subprotocolsMayBeLong(length: Int, isFirst: Bool) async throws {
        let test = try TestServer()
        let client = try RawClient(test.endpoint)
        let long = "bearer." + String(repeating: "x", count: length)
        let offered = isFirst ? "\(long), order-updates.v1" : "order-updates.v1, \(long)"
        client.get("/orders/a/socket", headers: webSocketHeaders + ["Sec-WebSocket-Protocol: \(offered)"])
        let head = try client.read(until: "order.snapshot").lowercased()
        #expect(head.contains("101 switching protocols"))
        #expect(head.contains("sec-websocket-protocol: order-updates.v1\r\n"))
        await test.server.stop()
    }

    /// The timer that waits for a credential's end belongs to the loop that streams are of, which outlives libuv's.
    // In a process of its own: it would abort.
    @Test func aServerStopsWhileCredentialsLast() async {
        await #expect(processExitsWith: .success) {
            let test = try TestServer(auth: Lasting())
            let client = try RawClient(test.endpoint)
            client.get("/orders/a/events")
            _ = try client.read(until: "order.snapshot")
            await test.server.stop()
        }
    }
}

/// Everyone is alice, until 2255.
private struct Lasting: AuthScheme {
    var name: String { "lasting" }
    var challenge: String? { nil }

    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        Principal(subject: "alice", scopes: Set(Scope.allCases), expires: 9_000_000_000)
    }
}
