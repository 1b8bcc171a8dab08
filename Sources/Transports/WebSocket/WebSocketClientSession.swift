import LWS
import OrderUpdates
import TransportCore

/// A client's WebSocket.
final class WebSocketSession: ClientSession, ClientWebSocketHandler {
    private var socket: ClientWebSocket?
    private var isForeign: Bool { subscription.path != nil }

    override func begin() {
        guard subscription.version == .h1 else {
            return closed(.failed("a WebSocket over HTTP/2 cannot be opened: take HTTP/1.1 (see its limitations)"))
        }
        withAdmission(to: path, over: .websocket) { [unowned self] in open($0) }
    }

    private func open(_ request: ClientRequest) {
        var request = request
        let offered =
            (isForeign ? [] : [OrderSocketEndpoint.subprotocol])
            + [subscription.credential.offeredSubprotocol].compactMap { $0 }
        if !offered.isEmpty { request.headers.append(("sec-websocket-protocol", offered.joined(separator: ", "))) }
        socket = loop.openWebSocket(
            request, offersDeflate: subscription.compression == .permessageDeflate, handler: self)
    }

    private var path: String {
        if let path = subscription.path { return path }
        guard subscription.orders.count == 1 else { return "/socket" }
        return "/orders/\(subscription.orders[0])/socket" + (subscription.after.map { "?after=\($0)" } ?? "")
    }

    override func disconnect() {
        // In good order if it is open, so that the server need not find out.
        socket?.close()
        socket = nil
    }

    override func setReading(_ reads: Bool) { socket?.setReading(reads) }

    override func send(_ command: ClientCommand) {
        guard !isForeign else { return super.send(command) }
        var message: [UInt8] = Array("{\"type\":\"command\",\"id\":".utf8)
        message.appendJSONString(command.id)
        message += ",\"orderId\":\"\(command.order)\",\"command\":".utf8
        message.appendJSONString(command.name)
        message.append(UInt8(ascii: "}"))
        message.withUnsafeBytes { socket?.send($0) }
    }

    override func renew(with token: String) {
        guard !isForeign else { return }
        socket?.send("{\"type\":\"refresh\",\"token\":\"\(token)\"}")
    }

    func webSocket(_ socket: ClientWebSocket, _ event: ClientWebSocketEvent) {
        guard !isClosed else { return }
        switch event {
        case .connected:
            emit(.connected)
        case .opened:
            if case .firstMessage(let token) = subscription.credential {
                socket.send("{\"type\":\"authenticate\",\"token\":\"\(token)\"}")
            }
            emit(.opened)
            guard !isForeign, subscription.orders.count != 1 else { return }
            for order in subscription.orders {
                let resume = subscription.positions[order].map { ",\"resume\":\"\($0)\"" } ?? ""
                socket.send("{\"type\":\"subscribe\",\"orderId\":\"\(order)\"\(resume)}")
            }
        case .refused(let response):
            closed(.refused(status: response.status, retryAfter: response.retryAfter))
        case .message(let bytes, _):
            receive(bytes)
        case .ping:
            emit(.heartbeat)
        case .pong:
            break
        case .closed(let code, let reason):
            closed(code.map { .reason(CloseReason(code: $0, reason: reason)) } ?? .ended)
        case .ended:
            closed(.ended)
        case .failed(let cause):
            closed(.failed(cause))
        }
    }

    private func receive(_ message: UnsafeRawBufferPointer) {
        switch ClientMessageReader.read(message) {
        case .event(let event): emit(event)
        case .refused(let status): closed(.refused(status: status, retryAfter: nil))
        case .nothing where isForeign, .malformed where isForeign: emit(.update(position: nil, payload: message))
        case .nothing: break
        case .malformed: closed(.failed("a message that is none of order-updates.v1"))
        }
    }
}
