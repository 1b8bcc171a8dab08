import LWS
import OrderUpdates
import TransportCore
import Transports

/// The toy that `Docs/AddingATransport.md` adds: an order's updates as lines of text over an HTTP response that stays open.
struct LineTransport: SocketTransport {
    static let name = TransportName(rawValue: "lines")
    static let capabilities = TransportCapabilities(
        protocolVersions: [.h1, .h2], pushes: true, replays: true, carriesCommands: false, carriesManyOrders: true,
        heartbeats: [.control, .visible],
        limitations: [.init("commands in band", because: "a response goes one way; commands are POSTed beside it")]
    )

    var name: TransportName { Self.name }
    var capabilities: TransportCapabilities { Self.capabilities }

    var routes: [Route] {
        [
            Route(.get, "/orders/{id}/lines", scope: .read, streams: true) { request in
                request.loop.openStream(
                    request, orders: [request.parameter ?? ""], manyOrders: false,
                    after: request.exchange.query("after"), format: LineFormat())
            },
            Route(.get, "/lines", scope: .read, streams: true) { request in
                request.loop.openStream(
                    request, orders: request.exchange.queries("order"), manyOrders: true,
                    after: request.exchange.query("after"), format: LineFormat())
            },
        ]
    }
}
