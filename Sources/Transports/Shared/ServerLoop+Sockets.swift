public import LWS
import OrderUpdates
public import TransportCore

/// The subscription with which a WebSocket at an order's own path opens.
struct SocketOpening {
    var order: OrderID
    var after: StreamPosition?
}

/// The calls of a `WebSocketEndpoint`.
extension ServerLoop {
    /// Whether a request may open a WebSocket. A rejection with a status is answered before the upgrade.
    ///
    /// - Parameters:
    ///   - transport: the transport of the WebSocket.
    ///   - order: the order that it follows from the beginning; nil for none.
    ///   - after: a position to resume from, as the client sent it. An invalid text is refused with 400.
    public func admit(
        _ request: Exchange, to endpoint: some WebSocketEndpoint, over transport: TransportName, order: String?,
        after: String?
    ) -> UpgradeVerdict {
        admit(request, to: endpoint, over: transport, order: order, after: after, takesFirstMessage: false)
    }

    /// - Parameter takesFirstMessage: whether the endpoint accepts a credential in a message.
    func admit(
        _ request: Exchange, to endpoint: some WebSocketEndpoint, over transport: TransportName, order: String?,
        after: String?, takesFirstMessage: Bool
    ) -> UpgradeVerdict {
        do throws(Rejection) {
            let offered = request.offeredSubprotocols
            if let name = endpoint.subprotocol, !offered.isEmpty, !endpoint.speaks(offered) {
                throw Rejection(400, "offer the subprotocol \(name)")
            }
            guard crossOrigin.allows(request) else { throw Rejection(403, "the origin is not allowed") }
            let after = try parsePosition(after)
            let handshake = ServerHandshake(
                request, target: HandshakeTarget(transport: transport, orders: order.map { [OrderName($0)] } ?? []))
            if takesFirstMessage, auth.takesFirstMessage, !auth.isPresented(by: handshake) {
                try Admission.enter(self, opensStream: true)
                guard let stream = makeUnauthenticatedStream(order: order, after: after) else { throw .unknownSockets }
                return .accept(token: stream)
            }
            let admitted = try Admission.judge(
                handshake, .init(scope: .read, opensStream: true, orders: order.map { [$0] } ?? []), self)
            guard let stream = makeStream(admitted.principal) else { throw .ownerIsFull }
            if let order = admitted.orders.first {
                streams.extras(of: stream).opening = SocketOpening(order: order, after: after)
            }
            return .accept(token: stream)
        } catch {
            return refuse(request, error)
        }
    }

    /// Refuses a request to open a WebSocket, and logs why.
    func refuse(_ request: Exchange, _ refusal: Rejection) -> UpgradeVerdict {
        log.refused(refusal.status, request.path, refusal.cause ?? refusal.detail)
        return .refuse(
            .problem(
                refusal.status, refusal.detail, headers: refusal.allHeaders + crossOrigin.headers(for: nil),
                // A peer that comes back opens another connection.
                closes: refusal.status == 503))
    }

    /// Begins the stream of a WebSocket that has opened, with its first subscription.
    public func open(_ token: Int, _ socket: StreamSocket, format: some StreamFormat) {
        start(token, socket, encoding(format, .webSocket, isCompressed: socket.isCompressed))
        guard streams[token].state == .open, let opening = streams[token].extras?.opening else { return }
        streams[token].extras?.opening = nil
        streams.shedExtras(of: token)
        subscribe(token, to: opening.order, after: opening.after)
    }
}

extension WebSocketEndpoint {
    /// Whether its subprotocol is among those offered, compared byte by byte (RFC 6455, section 11.3.4).
    func speaks(_ offered: [String]) -> Bool {
        guard let subprotocol else { return false }
        return offered.contains { $0.utf8.elementsEqual(subprotocol.utf8) }
    }
}
