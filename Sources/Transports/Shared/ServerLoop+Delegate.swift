public import LWS
import OrderUpdates
import Synchronization
import TransportCore

/// What libwebsockets tells: where connections begin and end.
extension ServerLoop: ServerDelegate {
    public var accepts: Bool {
        let limit = configuration.limits.connections
        return population.connections.load(ordering: .relaxed) < limit + Self.refusable(beyond: limit)
    }

    /// A few more connections than the limit are accepted, so that they can be told 503 instead of nothing.
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

    public func upgrade(_ request: Exchange) -> UpgradeVerdict {
        counters.requests.count()
        guard let webSockets else { return .refuse(.problem(400, "WebSocket is not served here")) }
        let verdict = webSockets.admit(request, on: self)
        if case .refuse = verdict { counters.refused.count() }
        return verdict
    }

    public func opened(_ token: Int, _ socket: StreamSocket) {
        webSockets?.opened(token, socket, on: self)
    }

    public func receivedMessage(
        _ token: Int, _ bytes: UnsafeRawBufferPointer, isText: Bool, isFinal: Bool, isFirst: Bool
    ) -> Bool {
        guard !streams[token].flags.contains(.dead) else { return true }
        return webSockets?.received(token, bytes, isText: isText, isFinal: isFinal, isFirst: isFirst, on: self) ?? false
    }

    public func peerCloses(_ token: Int) -> Bool {
        streams[token].flags.formUnion([.blocked, .dead])
        return streams[token].flags.contains(.hasSentClose)
    }

    public func failed(_ token: Int) {
        awaitClose(of: token, for: Self.shortCloseWait)
    }

    public func receivedPong(_ token: Int) {
        streams[token].flags.remove(.awaitsPong)
        streams[token].lastWrite = wheel.now
    }

    public func writable(_ token: Int) {
        let wasClosing = streams[token].flags.contains(.closing)
        resume(token)
        guard wasClosing, pending[token] == nil, !streams[token].flags.contains(.isWebSocket) else { return }
        // The last of an HTTP stream has gone: now its socket may.
        streams[token].socket?.close()
    }

    public func peerHasLeft(_ token: Int) {
        streams[token].flags.formUnion([.blocked, .dead])
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
