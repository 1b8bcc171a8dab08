import Glibc
import OrderUpdates
import Synchronization
import Testing
import TransportCore
import Transports

/// The traps of libwebsockets and libuv on which credentials tread, each with the test that fails without its remedy.
@Suite(.serialized, .ownThreads) struct CredentialEngineTests {
    /// libwebsockets reads the subprotocols into 128 bytes: a token among them is longer.
    @Test(
        "A WebSocket may offer a long subprotocol before or after ours", arguments: [0, 50, 128, 400, 4_000],
        [true, false])
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
    @Test("A server stops while credentials have not expired yet") func aServerStopsWhileCredentialsLast() async {
        await #expect(processExitsWith: .success) {
            let test = try TestServer(auth: Lasting())
            let client = try RawClient(test.endpoint)
            client.get("/orders/a/events")
            _ = try client.read(until: "order.snapshot")
            await test.server.stop()
        }
    }

    /// A credential may end while the loop looks at the polls that wait with it: none of them is forgotten.
    @Test("Polls that wait while their credential expires are all answered")
    func pollsThatWaitWhileTheirCredentialEndsAreAnswered() async throws {
        let ending = Ending()
        let test = try TestServer(auth: ending)
        let position = try #require(test.hub.order(TestServer.order)?.position)
        let clients = try (0..<3).map { _ in try RawClient(test.endpoint) }
        for (index, client) in clients.enumerated() {
            client.get("/orders/a/updates?after=\(position)&wait=60")
            try await test.waitUntil("the poll") { $0.requests == index + 1 }
        }
        // It stands when the first is looked at, and has ended when the others are.
        ending.change(after: 1)
        for client in clients.dropFirst() { #expect(try client.read(until: "credential-expired").contains(" 401 ")) }
        ending.change(after: 0)
        #expect(try clients[0].read(until: "credential-expired").contains(" 401 "))
        await test.server.stop()
    }
}

/// Everyone is alice, whose credential ends when it has been looked at for so many times.
private final class Ending: AuthScheme {
    private let state = Mutex<(looks: Int, watchers: [@Sendable () -> Void])>((.max, []))

    var name: String { "ending" }
    var challenge: String? { nil }

    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        Principal(subject: "alice", scopes: Set(Scope.allCases))
    }

    func status(of principal: Principal) -> CredentialStatus {
        state.withLock { state in
            state.looks -= 1
            return state.looks < 0 ? .expired : .good
        }
    }

    func watchStatuses(_ notify: @escaping @Sendable () -> Void) { state.withLock { $0.watchers.append(notify) } }

    func change(after looks: Int) {
        let watchers = state.withLock { state in
            state.looks = looks
            return state.watchers
        }
        for notify in watchers { notify() }
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
