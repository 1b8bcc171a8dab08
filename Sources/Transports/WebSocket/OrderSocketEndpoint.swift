import LWS
import OrderUpdates
import TransportCore

/// The server's half of the subprotocol `order-updates.v1`.
struct OrderSocketEndpoint: WebSocketEndpoint {
    static let subprotocol = Protocols.orderUpdates

    /// That of an order, and that of the orders which messages name.
    func serves(_ path: [Substring]) -> Bool {
        path == ["socket"] || path.count == 3 && path[0] == "orders" && path[2] == "socket"
    }

    func admit(_ request: Exchange, on loop: ServerLoop) -> UpgradeVerdict {
        switch judge(request, on: loop) {
        case .success(let stream):
            loop.streams[stream].flags.insert(.isWebSocket)
            return .accept(token: stream)
        case .failure(let refusal):
            loop.log.refused(refusal.status, request.path, refusal.cause ?? refusal.detail)
            return .refuse(
                .problem(
                    refusal.status, refusal.detail, headers: refusal.headers + loop.crossOrigin.headers(for: nil),
                    closes: refusal.closes))
        }
    }

    /// The stream that the request may have, or why it may not become a WebSocket.
    private func judge(_ request: Exchange, on loop: ServerLoop) -> Result<Int, UpgradeRefusal> {
        let path = request.pathSegments
        guard serves(path) else { return .failure(.init(404, "there is no socket at this path")) }
        let name = path.count == 3 ? String(path[1]) : nil
        let offered = request.header("sec-websocket-protocol")?.utf8.split(separator: UInt8(ascii: ","))
        if let offered, !offered.contains(where: { $0.trimmed.elementsEqual(Self.subprotocol.utf8) }) {
            return .failure(.init(400, "offer the subprotocol \(Self.subprotocol)"))
        }
        guard loop.crossOrigin.allows(request) else { return .failure(.init(403, "the origin is not allowed")) }
        if loop.isFull || loop.isDraining {
            return .failure(
                .init(
                    503, loop.isDraining ? "the server is draining" : "the limit of connections is reached",
                    retryAfter: loop.isDraining ? 1 : 5))
        }
        if let wait = loop.population.refusal() {
            return .failure(.init(503, ServerLoop.tooManyOpen, retryAfter: wait))
        }
        let after: StreamPosition?
        switch loop.parsePosition(request.query("after")) {
        case .failure(let refusal): return .failure(.init(refusal.status, refusal.detail))
        case .success(let position): after = position
        }
        let auth = loop.service.auth
        let handshake = ServerHandshake(
            request, target: HandshakeTarget(transport: .websocket, orders: name.map { [OrderName($0)] } ?? []))
        if auth.takesFirstMessage, !auth.isPresented(by: handshake) {
            guard let stream = loop.makeUnauthenticatedStream(order: name, after: after) else {
                return .failure(.init(503, "there are too many sockets without a credential", retryAfter: 5))
            }
            return .success(stream)
        }
        let principal: Principal
        do {
            principal = try auth.authenticate(handshake)
        } catch {
            return .failure(
                .init(error.status, error.publicDetail, because: error.cause, headers: auth.challenge(for: error)))
        }
        guard principal.scopes.contains(.read) else {
            return .failure(.init(403, "the credential does not allow \(Scope.read.rawValue)"))
        }
        var opening: SocketOpening?
        if let name {
            switch loop.authorize([name], principal) {
            case .failure(let refusal): return .failure(.init(refusal.status, refusal.detail))
            case .success(let orders): opening = SocketOpening(order: orders[0], after: after)
            }
        }
        guard let stream = loop.makeStream(principal) else {
            return .failure(.init(503, "the limit of connections of one owner is reached", retryAfter: 5))
        }
        loop.openings[stream] = opening
        return .success(stream)
    }

    func opened(_ token: Int, _ socket: StreamSocket, on loop: ServerLoop) {
        loop.start(token, socket, loop.lane(MessageFormat(), .webSocket))
        if let opening = loop.openings.removeValue(forKey: token) {
            loop.subscribe(token, to: opening.order, after: opening.after)
        }
        if loop.isDraining { loop.close(token, .draining.after(milliseconds: ServerLoop.drainDelay)) }
    }

    func received(
        _ token: Int, _ bytes: UnsafeRawBufferPointer, isText: Bool, isFinal: Bool, isFirst: Bool, on loop: ServerLoop
    ) -> Bool {
        guard !loop.streams[token].flags.contains(.closing) else { return true }
        let held = loop.partialMessages[token]?.count ?? 0
        guard held + bytes.count <= loop.messageLimit(of: token) else {
            loop.partialMessages[token] = nil
            loop.refuse(token, .messageTooBig, 413, "a message of more than \(loop.messageLimit(of: token)) bytes")
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
            let fault = isText ? StrictJSON.fault(in: bytes) : nil
            return loop.refuse(
                stream, .policyViolation, 400,
                fault?.description ?? "a message that is none of \(Self.subprotocol)")
        }
        guard loop.unauthenticated[stream] == nil else { return loop.authenticate(stream, message) }
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
            // The connection goes on without an order that has gone since it was looked up.
            guard loop.topic(for: orders[0], of: principal) != nil else {
                return loop.send(error: .init(404, "there is no order \(orders[0])"), order: name, to: stream)
            }
            loop.send(message: "{\"type\":\"subscribed\",\"orderId\":\"\(orders[0])\"}", to: stream)
            loop.subscribe(stream, to: orders[0], after: position)
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
            message.command, on: message.orderId ?? "", reason: message.reason, principal, loop)
        if !result.isAccepted, result.status != 409 {
            loop.counters.refused.count()
            loop.log.refused(result.status, "socket", result.message)
        }
        let json = result.json(id: message.id, typed: true)
        if result.isAccepted { loop.whenCommitted(stream, json) } else { loop.send(message: json, to: stream) }
    }

    /// A later token for the stream: renewal without a new connection.
    private func refresh(_ message: ClientMessage, _ stream: Int, _ loop: ServerLoop) {
        let principal: Principal
        do {
            principal = try loop.service.auth.authenticate(token: message.token ?? "")
        } catch {
            return loop.send(
                error: .init(error.status, error.publicDetail), order: "", because: error.cause, to: stream)
        }
        guard principal.scopes.contains(.read), loop.renew(stream, with: principal) else {
            return loop.send(
                error: .init(403, "the token is not for this stream"), order: "",
                because: "the token is another's, or does not allow \(Scope.read.rawValue)", to: stream)
        }
        let expires = principal.expires.map(String.init) ?? "null"
        loop.send(message: "{\"type\":\"refreshed\",\"expires\":\(expires)}", to: stream)
    }
}

/// Why a request may not become a WebSocket.
struct UpgradeRefusal: Error {
    var status: Int
    /// What the peer is told.
    var detail: String
    /// What the log is told where it is more.
    var cause: String?
    var headers: [(name: String, value: String)]
    var closes: Bool

    init(
        _ status: Int, _ detail: String, because cause: String? = nil, headers: [(name: String, value: String)] = [],
        retryAfter: Int? = nil
    ) {
        self.status = status
        self.detail = detail
        self.cause = cause
        self.headers = headers + (retryAfter.map { [("retry-after", String($0))] } ?? [])
        closes = status == 503
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

    func send(message: String, to stream: Int) { send(message: Array(message.utf8), to: stream) }

    func send(message: [UInt8], to stream: Int) {
        var bytes: [UInt8] = []
        lanes[Int(streams[stream].lane)].append(to: &bytes) { $1 += message }
        send(bytes, to: stream)
    }

    /// - Parameter cause: for the log, where the peer is told less.
    func send(error: Refusal, order: String, because cause: String? = nil, to stream: Int) {
        counters.refused.count()
        log.refused(error.status, "socket", cause ?? error.detail)
        var json: [UInt8] = Array("{\"type\":\"error\",\"orderId\":".utf8)
        json.appendJSONString(String(order.prefix(OrderID.maximumLength)))
        json += ",\"status\":\(error.status),\"detail\":".utf8
        json.appendJSONString(error.detail)
        json.append(UInt8(ascii: "}"))
        send(message: json, to: stream)
    }
}
