import Clocks
import OrderUpdates
import Testing
import TransportCore
import Transports

/// A server on a free port with every socket transport, and a hub to publish with.
struct TestServer {
    let hub: OrderEventHub
    let server: SocketServer
    var endpoint: Endpoint { server.endpoint }

    static let order = OrderID("a")!

    init(
        auth: any AuthScheme = NoAuthentication(), hub: OrderEventHub = OrderEventHub(),
        _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        self.hub = hub
        try hub.create(Self.order, owner: "alice", status: .activating)
        var configuration = ServerConfiguration()
        configure(&configuration)
        server = try SocketServer(
            OrderService(hub: hub, auth: auth), configuration,
            transports: [SSETransport(), WebSocketTransport(), PollingTransport(), LongPollingTransport()])
    }

    func publish(_ message: String) throws {
        try hub.publish(OrderUpdate(orderID: Self.order, status: .activating, message: message, timestamp: 0))
    }

    /// Waits until the server's counters say so; a hang fails the test.
    func waitUntil(_ what: String, _ isTrue: (ServerStatistics) -> Bool) async throws {
        let deadline = MonotonicClock().now.advanced(by: .seconds(60))
        while !isTrue(server.statistics) {
            try #require(MonotonicClock().now < deadline, "hung waiting for: \(what); \(server.statistics)")
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

/// Accepts the tokens `alice` and `bob`, each as its own subject.
struct NamedTokens: AuthScheme {
    var name: String { "named" }
    var challenge: String? { "Bearer" }

    func authenticate(_ request: some HandshakeRequest) throws(AuthenticationFailure) -> Principal {
        switch request.header("authorization") {
        case "Bearer alice": Principal(subject: "alice", scopes: Set(Scope.allCases))
        case "Bearer bob": Principal(subject: "bob", scopes: [.read])
        case nil: throw AuthenticationFailure(.missing, "no header")
        default: throw AuthenticationFailure(.badSignature, "unknown token")
        }
    }
}
