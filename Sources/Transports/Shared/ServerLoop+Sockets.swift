public import LWS
import OrderUpdates
public import TransportCore

/// What a WebSocket at an order's own path is subscribed to when it opens.
struct SocketOpening {
    var order: OrderID
    var after: StreamPosition?
}

/// What a `WebSocketEndpoint` has the loop do.
extension ServerLoop {
    /// Whether a request may become a WebSocket: what has a status is refused with it, before the upgrade.
    ///
    /// - Parameters:
    ///   - transport: whose WebSocket it is.
    ///   - order: that it follows from the beginning; nil for none.
    ///   - after: a position to resume from, as the client gave it. Text that is none is refused with 400.
    public func admit(
        _ request: Exchange, to endpoint: some WebSocketEndpoint, over transport: TransportName, order: String?,
        after: String?
    ) -> UpgradeVerdict {
        admit(request, to: endpoint, over: transport, order: order, after: after, takesFirstMessage: false)
    }

    /// - Parameter takesFirstMessage: whether the endpoint knows messages that present a credential.
    func admit(
        _ request: Exchange, to endpoint: some WebSocketEndpoint, over transport: TransportName, order: String?,
        after: String?, takesFirstMessage: Bool
    ) -> UpgradeVerdict {
        do throws(Refusal) {
            if let name = endpoint.subprotocol, let offered = request.offeredSubprotocols, !offered.contains(name) {
                throw Refusal(400, "offer the subprotocol \(name)")
            }
            guard crossOrigin.allows(request) else { throw Refusal(403, "the origin is not allowed") }
            let after = try parsePosition(after)
            let handshake = ServerHandshake(
                request, target: HandshakeTarget(transport: transport, orders: order.map { [OrderName($0)] } ?? []))
            if takesFirstMessage, auth.takesFirstMessage, !auth.isPresented(by: handshake) {
                try Admission.enter(self, opensStream: true)
                guard let stream = makeUnauthenticatedStream(order: order, after: after) else { throw .unknownSockets }
                return .accept(token: stream)
            }
            let admitted = try Admission.judge(
                .init(.handshake(handshake), scope: .read, opensStream: true, orders: order.map { [$0] } ?? []), self)
            guard let stream = makeStream(admitted.principal) else { throw .ownerIsFull }
            if let order = admitted.orders.first {
                streams.extras(of: stream).opening = SocketOpening(order: order, after: after)
            }
            return .accept(token: stream)
        } catch {
            log.refused(error.status, request.path, error.cause ?? error.detail)
            return .refuse(
                .problem(
                    error.status, error.detail, headers: error.allHeaders + crossOrigin.headers(for: nil),
                    closes: error.status == 503))
        }
    }

    /// Begins the stream of a WebSocket that has opened, with what it is to follow from the beginning.
    public func open(_ token: Int, _ socket: StreamSocket, format: some StreamFormat) {
        start(token, socket, lane(format, .webSocket))
        guard streams[token].state == .open, let opening = streams[token].extras?.opening else { return }
        subscribe(token, to: opening.order, after: opening.after)
    }
}

extension Exchange {
    /// Nil where the field is absent.
    var offeredSubprotocols: [String]? {
        header("sec-websocket-protocol").map { value in
            value.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0.trimmed)) }
        }
    }
}
