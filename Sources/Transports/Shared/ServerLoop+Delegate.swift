public import LWS
import OrderUpdates
import Synchronization
import TransportCore

/// The calls of libwebsockets: connections begin and end.
extension ServerLoop: ServerDelegate {
    public var accepts: Bool {
        let limit = configuration.limits.connections
        return population.connections.load(ordering: .relaxed) < limit + Self.refusable(beyond: limit)
    }

    /// A few more connections than the limit are accepted, so that they get a 503 instead of nothing.
    static func refusable(beyond limit: Int) -> Int { min(256, max(16, limit / 16)) }

    public func connectionsChanged(by difference: Int) {
        if difference > 0 { counters.accepted.count(difference) }
        counters.connections.count(difference)
        population.connections.wrappingAdd(difference, ordering: .relaxed)
    }

    public func refused(_ rejection: RequestRejection) -> Response {
        counters.requests.count()
        counters.refused.count()
        let rule = rejection.rule
        log.refused(rule.status, rejection.path, rejection.words)
        return .problem(
            rule.status, rule.detail, headers: rule.headers + crossOrigin.headers(for: nil), closes: true)
    }

    public func received(_ exchange: Exchange) {
        route(exchange)
    }

    public func receivedBody(of exchange: Exchange) {
        routeBody(exchange)
    }

    public func cutUnread(_ cause: String) {
        counters.refused.count()
        log.cut(cause, "")
    }

    public func abandoned(_ exchange: Exchange) {
        awaitedBodies[ObjectIdentifier(exchange)] = nil
        forgetPoll(exchange)
    }

    public func subprotocol(of offered: [String], at path: [Substring]) -> String? {
        endpoint(at: path, offered).map { webSockets[$0] }.flatMap { $0.speaks(offered) ? $0.subprotocol : nil }
    }

    /// The first endpoint at the path that supports one of the offered subprotocols; else the first at the path,
    /// whose refusal says what to offer.
    private func endpoint(at path: [Substring], _ offered: [String]) -> Int? {
        let here = webSockets.indices.filter { webSockets[$0].serves(path) }
        return here.first { webSockets[$0].speaks(offered) } ?? here.first
    }

    public func upgrade(_ request: Exchange) -> UpgradeVerdict {
        counters.requests.count()
        let verdict: UpgradeVerdict
        if let endpoint = endpoint(at: request.pathSegments, request.offeredSubprotocols) {
            verdict = webSockets[endpoint].admit(request, on: self)
            if case .accept(let token) = verdict { streams[token].endpoint = UInt8(endpoint) }
        } else {
            verdict = refuse(
                request,
                webSockets.isEmpty
                    ? Rejection(400, "WebSocket is not served here") : Rejection(404, "there is no socket at this path")
            )
        }
        if case .refuse = verdict { counters.refused.count() }
        return verdict
    }

    public func opened(_ token: Int, _ socket: StreamSocket) {
        webSockets[Int(streams[token].endpoint)].opened(token, socket, on: self)
    }

    public func receivedMessage(_ token: Int, _ part: MessagePart) -> MessageOutcome {
        guard streams[token].state != .closed else { return .goesOn }
        return webSockets[Int(streams[token].endpoint)].received(token, part, on: self)
    }

    public func peerCloses(_ token: Int) -> Bool {
        tell(token, .failed)
        return streams[token].traits.contains(.hasSentClose)
    }

    public func failed(_ token: Int) {
        tell(token, .failed)
        awaitClose(of: token, for: Self.shortCloseWait)
    }

    public func receivedPong(_ token: Int) {
        streams[token].traits.remove(.awaitsPong)
        streams[token].lastWrite = wheel.now
    }

    public func writable(_ token: Int) {
        resume(token)
    }

    public func peerHasLeft(_ token: Int) {
        tell(token, .failed)
        streams[token].socket?.unwatch(context)
        streams[token].socket?.close()
    }

    public func closed(_ token: Int) {
        release(token)
    }

    public func ended() {
        for stream in streams.indices { release(stream) }
        awaitedBodies = [:]
        connectionsChanged(by: -counters.connections.load(ordering: .relaxed))
    }
}
