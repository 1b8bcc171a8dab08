import LWS
import OrderUpdates
import TransportCore

/// The server's half of the subprotocol `order-updates.v1`.
struct OrderSocketEndpoint: WebSocketEndpoint {
    static let subprotocol = "order-updates.v1"
    var subprotocol: String? { Self.subprotocol }

    /// The path of an order, and the path for orders that messages name.
    func serves(_ path: [Substring]) -> Bool {
        path == ["socket"] || path.count == 3 && path[0] == "orders" && path[2] == "socket"
    }

    func admit(_ request: Exchange, on loop: ServerLoop) -> UpgradeVerdict {
        let path = request.pathSegments
        return loop.admit(
            request, to: self, over: .websocket, order: path.count == 3 ? String(path[1]) : nil,
            after: request.query("after"), takesFirstMessage: true)
    }

    func opened(_ token: Int, _ socket: StreamSocket, on loop: ServerLoop) {
        loop.open(token, socket, format: MessageFormat())
    }

    func received(_ token: Int, _ part: MessagePart, on loop: ServerLoop) -> MessageOutcome {
        guard loop.streams[token].state.isLive else { return .goesOn }
        let limit = loop.messageLimit(of: token)
        switch loop.assemble(part, of: token, limit: limit) {
        case .incomplete: break
        case .tooLong: loop.refuse(token, .messageTooBig, 413, "a message of more than \(limit) bytes")
        case .refused(let outcome): return outcome
        case .whole(let message): handle(message, isText: part.isText, token, loop)
        }
        return .goesOn
    }

    private func handle(_ bytes: [UInt8], isText: Bool, _ stream: Int, _ loop: ServerLoop) {
        guard isText, let message = ClientMessage(json: bytes) else {
            let fault = isText ? StrictJSON.fault(in: bytes) : nil
            return loop.refuse(
                stream, .policyViolation, 400,
                fault?.description ?? "a message that is none of \(Self.subprotocol)")
        }
        guard loop.streams[stream].state != .awaitingCredential else {
            return loop.authenticate(stream, message)
        }
        switch message.type {
        case "subscribe": subscribe(message, stream, loop)
        case "unsubscribe": unsubscribe(message, stream, loop)
        case "command": command(message, stream, loop)
        case "refresh": refresh(message, stream, loop)
        default: loop.refuse(stream, .policyViolation, 400, "a message of a type that is not due")
        }
    }

    private func subscribe(_ message: ClientMessage, _ stream: Int, _ loop: ServerLoop) {
        let name = message.orderId ?? ""
        let principal = loop.principals[loop.streams[stream].principal]
        do throws(Rejection) {
            let order = try loop.authorize([name], principal)[0]
            let position = try loop.parsePosition(message.resume)
            let followed = loop.subscriptions(of: stream)
            guard followed.count < loop.configuration.limits.subscriptionsPerConnection else {
                throw Rejection(400, "too many orders on one connection")
            }
            guard !followed.contains(where: { loop.topics[loop.subscriptions[$0].topic].order == order }) else {
                throw Rejection(409, "the order is subscribed already")
            }
            // The connection continues without an order that has gone since it was looked up.
            guard loop.topic(for: order, of: principal) != nil else {
                throw Rejection(404, "there is no order \(order)")
            }
            loop.send(message: "{\"type\":\"subscribed\",\"orderId\":\"\(order)\"}", to: stream)
            loop.subscribe(stream, to: order, after: position)
        } catch {
            loop.send(error: error, order: name, to: stream)
        }
    }

    private func unsubscribe(_ message: ClientMessage, _ stream: Int, _ loop: ServerLoop) {
        let name = message.orderId ?? ""
        let order = OrderID(name)
        let index = loop.subscriptions(of: stream).first { loop.topics[loop.subscriptions[$0].topic].order == order }
        guard let index else {
            loop.send(error: .init(404, "the order is not subscribed"), order: name, to: stream)
            return
        }
        loop.removeSubscription(index, of: stream)
        loop.send(message: "{\"type\":\"unsubscribed\",\"orderId\":\"\(name)\"}", to: stream)
    }

    private func command(_ message: ClientMessage, _ stream: Int, _ loop: ServerLoop) {
        let principal = loop.principals[loop.streams[stream].principal]
        let result = CommandResult.perform(
            message.command, on: message.orderId ?? "", reason: message.reason, principal, loop.hub, loop)
        if !result.isAccepted, result.status != 409 {
            loop.counters.refused.count()
            loop.log.refused(result.status, "socket", result.message)
        }
        let json = result.json(id: message.id, typed: true)
        if result.isAccepted { loop.whenCommitted(stream, json) } else { loop.send(message: json, to: stream) }
    }

    /// Handles a later token for the stream: a renewal without a new connection.
    private func refresh(_ message: ClientMessage, _ stream: Int, _ loop: ServerLoop) {
        let principal: Principal
        do throws(Rejection) {
            principal = try Admission.judge(token: message.token ?? "", .init(scope: nil), loop).principal
            guard principal.scopes.contains(.read), loop.renew(stream, with: principal) else {
                throw Rejection(
                    403, "the token is not for this stream",
                    because: "the token is another's, or does not allow \(Scope.read.rawValue)")
            }
        } catch {
            return loop.send(error: error, order: "", to: stream)
        }
        let expires = principal.expires.map(String.init) ?? "null"
        loop.send(message: "{\"type\":\"refreshed\",\"expires\":\(expires)}", to: stream)
    }
}

extension ServerLoop {
    func subscriptions(of stream: Int) -> [Int32] {
        var found: [Int32] = []
        var index = streams[stream].firstSubscription
        while index >= 0 {
            found.append(index)
            index = subscriptions[index].next
        }
        return found
    }

    func send(message: String, to stream: Int) { send(message: Array(message.utf8), to: stream) }

    func send(message: [UInt8], to stream: Int) {
        var bytes: [UInt8] = []
        encodings[Int(streams[stream].encoding)].append(to: &bytes) { $1 += message }
        send(bytes, to: stream)
    }

    func send(error: Rejection, order: String, to stream: Int) {
        counters.refused.count()
        log.refused(error.status, "socket", error.cause ?? error.detail)
        var json: [UInt8] = Array("{\"type\":\"error\",\"orderId\":".utf8)
        json.appendJSONString(String(order.prefix(OrderID.maximumLength)))
        json += ",\"status\":\(error.status),\"detail\":".utf8
        json.appendJSONString(error.detail)
        json.append(UInt8(ascii: "}"))
        send(message: json, to: stream)
    }
}
