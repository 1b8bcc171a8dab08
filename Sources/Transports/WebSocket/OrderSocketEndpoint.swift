import LWS
import OrderUpdates
import TransportCore

/// The server's half of the subprotocol `order-updates.v1`.
struct OrderSocketEndpoint: WebSocketEndpoint {
    static let subprotocol = "order-updates.v1"

    func admit(_ request: Exchange, on loop: ServerLoop) -> UpgradeVerdict {
        let path = request.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let name: String?
        if path.count == 3, path[0] == "orders", path[2] == "socket" {
            name = String(path[1])
        } else if path.count == 1, path[0] == "socket" {
            name = nil
        } else {
            return .refuse(.problem(404, "there is no socket at this path"))
        }
        let offered = request.header("sec-websocket-protocol")?.split(separator: ",").map { $0.trimmed }
        if let offered, !offered.contains(Self.subprotocol[...]) {
            return .refuse(.problem(400, "offer the subprotocol \(Self.subprotocol)"))
        }
        guard CrossOrigin.allows(request.header("origin"), loop.configuration.allowedOrigins) else {
            loop.log.refused(403, request.path, "the origin is not allowed")
            return .refuse(.problem(403, "the origin is not allowed"))
        }
        if loop.isFull || loop.isDraining {
            return .refuse(
                .problem(
                    503, loop.isDraining ? "the server is draining" : "the limit of connections is reached",
                    headers: [("retry-after", loop.isDraining ? "1" : "5")], closes: true))
        }
        let principal: Principal
        do {
            principal = try loop.service.auth.authenticate(request)
        } catch {
            loop.log.refused(401, request.path, error.cause)
            let challenge = loop.service.auth.challenge.map { [("www-authenticate", $0)] } ?? []
            return .refuse(.problem(401, "a valid credential is needed", headers: challenge))
        }
        guard principal.scopes.contains(.read) else {
            return .refuse(.problem(403, "the credential does not allow \(Scope.read.rawValue)"))
        }
        var opening: SocketOpening?
        if let name {
            switch (loop.authorize([name], principal), loop.parsePosition(request.query("after"))) {
            case (.failure(let refusal), _), (_, .failure(let refusal)):
                return .refuse(.problem(refusal.status, refusal.detail))
            case (.success(let orders), .success(let position)):
                opening = SocketOpening(order: orders[0], after: position)
            }
        }
        guard let stream = loop.makeStream(principal) else {
            return .refuse(
                .problem(503, "the limit of connections of one owner is reached", headers: [("retry-after", "5")]))
        }
        loop.streams[stream].flags.insert(.isWebSocket)
        loop.openings[stream] = opening
        return .accept(token: stream)
    }

    func opened(_ token: Int, _ socket: StreamSocket, on loop: ServerLoop) {
        let framing: Framing = socket.kind == .webSocketHTTP2 ? .none : .webSocket
        loop.start(token, socket, loop.lane(MessageFormat(), framing))
        if let opening = loop.openings.removeValue(forKey: token) {
            loop.subscribe(token, to: opening.order, after: opening.after)
        }
        if loop.isDraining { loop.close(token, .draining.after(milliseconds: 1_000)) }
    }

    func received(
        _ token: Int, _ bytes: UnsafeRawBufferPointer, isText: Bool, isFinal: Bool, isFirst: Bool, on loop: ServerLoop
    ) -> Bool {
        guard !loop.streams[token].flags.contains(.closing) else { return true }
        let held = loop.partialMessages[token]?.count ?? 0
        guard held + bytes.count <= loop.configuration.limits.messageBytes else {
            loop.partialMessages[token] = nil
            loop.close(token, .messageTooBig)
            return true
        }
        guard isFinal, held == 0 else {
            loop.partialMessages[token, default: []] += bytes
            if isFinal, let message = loop.partialMessages.removeValue(forKey: token) {
                handle(message, isText: isText, token, loop)
            }
            return true
        }
        handle(Array(bytes), isText: isText, token, loop)
        return true
    }

    private func handle(_ bytes: [UInt8], isText: Bool, _ stream: Int, _ loop: ServerLoop) {
        guard isText, let message = ClientMessage(json: bytes) else {
            loop.close(stream, .policyViolation)
            return
        }
        switch message.type {
        case "subscribe": subscribe(message, stream, loop)
        case "unsubscribe": unsubscribe(message, stream, loop)
        case "command": command(message, stream, loop)
        default: loop.close(stream, .policyViolation)
        }
    }

    private func subscribe(_ message: ClientMessage, _ stream: Int, _ loop: ServerLoop) {
        let name = message.orderId ?? ""
        let principal = loop.principals[loop.streams[stream].principal]
        switch (loop.authorize([name], principal), loop.parsePosition(message.resume)) {
        case (.failure(let refusal), _), (_, .failure(let refusal)):
            loop.send(error: refusal, order: name, to: stream)
        case (.success(let orders), .success(let position)):
            let followed = loop.subscriptions(of: stream)
            guard followed.count < loop.configuration.limits.subscriptionsPerConnection else {
                loop.send(error: .init(400, "too many orders on one connection"), order: name, to: stream)
                return
            }
            guard !followed.contains(where: { loop.topics[loop.subscriptions[$0].topic].order == orders[0] }) else {
                loop.send(error: .init(409, "the order is subscribed already"), order: name, to: stream)
                return
            }
            loop.send(message: "{\"type\":\"subscribed\",\"orderId\":\"\(orders[0])\"}", to: stream)
            loop.subscribe(stream, to: orders[0], after: position)
        }
    }

    private func unsubscribe(_ message: ClientMessage, _ stream: Int, _ loop: ServerLoop) {
        let name = message.orderId ?? ""
        let index = loop.subscriptions(of: stream).first {
            loop.topics[loop.subscriptions[$0].topic].order.description == name
        }
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
            message.command, on: message.orderId ?? "", reason: message.reason, principal, loop)
        loop.send(message: String(decoding: result.json(id: message.id, typed: true), as: UTF8.self), to: stream)
    }
}

/// What a WebSocket at an order's own path is subscribed to when it opens.
struct SocketOpening {
    var order: OrderID
    var after: StreamPosition?
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

    func send(message: String, to stream: Int) {
        var bytes: [UInt8] = []
        lanes[Int(streams[stream].lane)].append(to: &bytes) { $1 += message.utf8 }
        send(bytes, to: stream)
    }

    func send(error: Refusal, order: String, to stream: Int) {
        counters.refused.count()
        var json: [UInt8] = Array("{\"type\":\"error\",\"orderId\":".utf8)
        json.appendJSONString(String(order.prefix(OrderID.maximumLength)))
        json += ",\"status\":\(error.status),\"detail\":".utf8
        json.appendJSONString(error.detail)
        json.append(UInt8(ascii: "}"))
        send(message: String(decoding: json, as: UTF8.self), to: stream)
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...end]
    }
}
