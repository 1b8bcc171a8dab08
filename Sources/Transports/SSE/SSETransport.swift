import LWS
public import TransportCore

/// Server-Sent Events: for each subscriber one HTTP response that does not end (WHATWG HTML, section 9.2).
public struct SSETransport: SocketTransport {
    public init() {}

    public var name: TransportName { .sse }

    public var capabilities: TransportCapabilities {
        TransportCapabilities(
            protocolVersions: [.h1, .h2], pushes: true, replays: true, carriesCommands: false, carriesManyOrders: true,
            heartbeats: [.control, .visible, .off],
            limitations: [
                .init(
                    "native EventSource with a bearer header",
                    because: "the EventSource interface takes no header fields (WHATWG HTML, section 9.2.2)"),
                .init(
                    "compression",
                    because:
                        "an event stream is compressed as one body by what stands in front of the server, which then holds "
                        + "events back: the path nginx-gzip shows it"),
                .init("commands in band", because: "an event stream goes one way; commands are POSTed beside it"),
            ])
    }

    public var routes: [Route] {
        [
            Route(.get, "/orders/{id}/events", scope: .read, streams: true) { request in
                Self.open(request, orders: [request.parameter ?? ""], manyOrders: false)
            },
            Route(.get, "/events", scope: .read, streams: true) { request in
                Self.open(request, orders: request.exchange.queries("order"), manyOrders: true)
            },
        ]
    }

    /// The header takes precedence over the query. A native EventSource reconnects to its original URL, whose query
    /// says where it began, and its header says how far it has come. The query must be a valid position even so.
    private static func open(_ request: ServerRequest, orders: [String], manyOrders: Bool) {
        let header = request.exchange.header("last-event-id")
        let query = request.exchange.query("after")
        do throws(Rejection) {
            _ = try request.loop.parsePosition(query)
        } catch {
            return request.refuse(error)
        }
        request.loop.openStream(
            request, orders: orders, manyOrders: manyOrders, after: header?.isEmpty == false ? header : query,
            format: EventStreamFormat())
    }
}
