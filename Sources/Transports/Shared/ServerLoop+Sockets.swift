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

    /// Refuses a request to become a WebSocket, and says why in the log.
    func refuse(_ request: Exchange, _ refusal: Rejection) -> UpgradeVerdict {
        log.refused(refusal.status, request.path, refusal.cause ?? refusal.detail)
        return .refuse(
            .problem(
                refusal.status, refusal.detail, headers: refusal.allHeaders + crossOrigin.headers(for: nil),
                // A peer that comes back opens another connection.
                closes: refusal.status == 503))
    }

    /// Begins the stream of a WebSocket that has opened, with what it is to follow from the beginning.
    public func open(_ token: Int, _ socket: StreamSocket, format: some StreamFormat) {
        start(token, socket, encoding(format, .webSocket, isCompressed: socket.isCompressed))
        guard streams[token].state == .open, let opening = streams[token].extras?.opening else { return }
        streams[token].extras?.opening = nil
        streams.shedExtras(of: token)
        subscribe(token, to: opening.order, after: opening.after)
    }
}

extension WebSocketEndpoint {
    /// Whether its subprotocol is among those offered, byte by byte (RFC 6455, section 11.3.4).
    func speaks(_ offered: [String]) -> Bool {
        guard let subprotocol else { return false }
        return offered.contains { $0.utf8.elementsEqual(subprotocol.utf8) }
    }
}
