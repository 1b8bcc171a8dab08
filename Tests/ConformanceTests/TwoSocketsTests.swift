import OrderUpdates
import Testing
import TransportCore
import Transports

@Suite("Two transports that upgrade, on one server")
struct TwoSocketsTests {
    @Test("Each serves its own path with its own subprotocol")
    func both() async throws {
        let hub = OrderEventHub()
        let order = OrderID("a")!
        try hub.create(order, owner: "anyone", status: .activating)
        let server = try SocketServer(
            OrderService(hub: hub, auth: NoAuthentication()), ServerConfiguration(),
            transports: [LineSocketTransport(), WebSocketTransport()])
        for transport in [LineSocketClientTransport(), WebSocketClientTransport()] as [any ClientTransport] {
            let client = try await transport.makeClient(ClientConfiguration())
            let recorder = Recorder()
            _ = client.open(Subscription(endpoint: server.endpoint, orders: [order]), handler: recorder)
            try await recorder.until("a snapshot over \(transport.name)") { $0.snapshots == 1 }
            try hub.publish(
                OrderUpdate(orderID: order, status: .activating, message: "\(transport.name)", timestamp: 0))
            try await recorder.until("an update over \(transport.name)") { $0.updates == 1 }
            await client.shutdown()
        }
        await server.stop()
    }
}
