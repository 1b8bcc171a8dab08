import LWS
import OrderUpdates
public import TransportCore

/// The order's latest state for clients that poll, with an entity tag (RFC 9110, section 13.1.2).
public struct PollingTransport: SocketTransport {
    public init() {}

    public var name: TransportName { .polling }

    public var capabilities: TransportCapabilities {
        var capabilities = TransportCapabilities(
            protocolVersions: [.h1, .h2], pushes: false, replays: false, carriesCommands: false,
            carriesManyOrders: false,
            heartbeats: [],
            limitations: [
                .init("every update", because: "a poll sees the latest state: updates between two polls are coalesced")
            ])
        capabilities.polls = true
        return capabilities
    }

    public var routes: [Route] {
        [
            Route(.get, "/orders/{id}", scope: .read) { request in
                let order: OrderID
                do throws(Rejection) {
                    order = try request.loop.authorize([request.parameter ?? ""], request.principal)[0]
                } catch {
                    return request.refuse(error)
                }
                // The order may have gone since, and exist again with another owner.
                guard let snapshot = request.loop.hub.order(order),
                    request.principal.reaches(order, of: snapshot.owner)
                else {
                    return request.refuse(404, "there is no order \(order)")
                }
                let tag = "\"\(snapshot.position)\""
                let headers = [("etag", tag), ("cache-control", "no-cache")]
                let known = request.exchange.header("if-none-match")
                if known == "*" || known?.contains(tag) == true {
                    request.respond(Response(status: 304, headers: headers))
                } else {
                    request.respond(.json(200, snapshot.json, headers: headers))
                }
            }
        ]
    }
}
