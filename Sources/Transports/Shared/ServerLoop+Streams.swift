import Clocks
import LWS
import OrderUpdates
import TransportCore

extension ServerLoop {
    /// Answers a request with a stream of its orders' events, after the checks that need a status: that each order
    /// exists and is the principal's, and that there are not too many.
    ///
    /// - Parameters:
    ///   - names: one order, whose ids are positions in its own timeline; or several, with positions of the hub.
    ///   - after: a position to resume from, as the client sent it. An invalid text is refused with 400.
    public func openStream(
        _ request: ServerRequest, orders names: [String], manyOrders: Bool, after: String?, format: some StreamFormat
    ) {
        guard !names.isEmpty else { return request.refuse(400, "name at least one order: ?order=<id>") }
        guard names.count <= configuration.limits.subscriptionsPerConnection else {
            return request.refuse(
                400, "a connection may follow \(configuration.limits.subscriptionsPerConnection) orders")
        }
        let position: StreamPosition?
        let orders: [OrderID]
        do throws(Rejection) {
            position = try parsePosition(after)
            orders = try authorize(names, request.principal)
        } catch {
            return request.refuse(error)
        }
        let exchange = request.exchange
        guard let stream = makeStream(request.principal) else { return request.refuse(.ownerIsFull) }
        let headers =
            [
                ("content-type", format.contentType), ("cache-control", "no-store"), ("x-accel-buffering", "no"),
            ] + crossOrigin.headers(for: request.origin)
        let socket: StreamSocket
        do throws(Exchange.Rejection) {
            socket = try exchange.beginStream(headers: headers, token: stream)
        } catch {
            release(stream)
            return request.refuse(error)
        }
        let framing: Framing = exchange.isHTTP2 || exchange.isHTTP10 ? .none : .chunked
        start(stream, socket, encoding(format, framing))
        send(framedOpening(stream), to: stream)
        if manyOrders {
            beginMerged(stream, orders, after: position)
        } else {
            subscribe(stream, to: orders[0], after: position)
        }
    }

    private func framedOpening(_ stream: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        encodings[Int(streams[stream].encoding)].append(to: &bytes) { $1 += $0.opening }
        return bytes
    }

    func parsePosition(_ text: String?) throws(Rejection) -> StreamPosition? {
        guard let text, !text.isEmpty else { return nil }
        guard let position = StreamPosition(text) else {
            throw Rejection(400, "that is not a position: send an id back as it was received, or none")
        }
        return position
    }

    // MARK: Life of a stream

    /// Reserves a slot for a stream; nil where its owner has too many.
    func makeStream(_ principal: Principal) -> Int? {
        guard population.admit(principal.subject, limit: configuration.limits.connectionsPerOwner) else { return nil }
        let stream = makeStream()
        streams[stream].principal = principals.retain(principal)
        expectEnd(of: principal)
        return stream
    }

    /// Reserves a stream slot before authentication.
    func makeStream() -> Int {
        population.countOpening()
        counters.streams.count()
        return streams.insert()
    }

    func start(_ stream: Int, _ socket: StreamSocket, _ encoding: UInt8) {
        streams[stream].socket = socket
        streams[stream].encoding = encoding
        streams[stream].lastWrite = wheel.now
        wheel.schedule(stream, at: wheel.now &+ HeartbeatWheel.ticksPerInterval, &streams)
        tell(stream, streams[stream].extras?.unauthenticated == nil ? .opened : .openedUnauthenticated)
    }

    /// The connection has ended, or never came.
    func release(_ stream: Int) {
        guard streams[stream].isTaken else { return }
        // The slot may be reused before the socket is closed.
        streams[stream].socket?.unwatch(context)
        while streams[stream].firstSubscription >= 0 {
            removeSubscription(streams[stream].firstSubscription, of: stream)
        }
        wheel.remove(stream, &streams)
        let principal = streams[stream].principal
        if principal >= 0 { population.leave(principals[principal].subject) }
        principals.release(principal)
        forgetUnauthenticated(stream)
        forgetHeldAnswers(of: stream)
        streams.remove(stream)
        counters.streams.count(-1)
        counters.streamsEnded.count()
    }

    /// Applies an event to a stream's state, and carries out the action that follows.
    ///
    /// - Parameter reason: the close reason, for an event that may end the stream.
    func tell(_ stream: Int, _ event: StreamState.Event, _ reason: CloseReason? = nil) {
        let wasBlocked = streams[stream].state == .blocked
        switch streams[stream].state.receive(event) {
        case .none: break
        case .catchUp:
            if streams[stream].traits.contains(.merged) { pumpMerged(stream) } else { pump(stream) }
        case .keepReason: streams.extras(of: stream).reason = reason
        case .sayReason: say(reason ?? streams[stream].extras?.reason, on: stream, behindOthers: wasBlocked)
        case .finish: finish(stream)
        case .closeSocket: streams[stream].socket?.close()
        }
    }

    /// Ends a stream with a reason, after everything that is due: SSE's last event, or WebSocket's closing handshake.
    func close(_ stream: Int, _ reason: CloseReason) { tell(stream, .end, reason) }

    private func say(_ reason: CloseReason?, on stream: Int, behindOthers: Bool) {
        guard let reason, let socket = streams[stream].socket else { return }
        var bytes: [UInt8] = []
        if socket.isWebSocket {
            bytes = reason.frame
        } else {
            let encoding = encodings[Int(streams[stream].encoding)]
            encoding.append(to: &bytes) { $0.appendClose(reason, to: &$1) }
            // The last chunk (RFC 9112, section 7.1) tells a proxy that the stream is complete.
            if encoding.framing == .chunked { bytes.append("0\r\n\r\n") }
        }
        if behindOthers {
            enqueue(bytes, of: stream)
        } else if !bytes.isEmpty {
            bytes.withUnsafeBytes { write($0, to: stream, socket) }
        }
        if streams[stream].extras?.pending == nil { tell(stream, .drained) }
    }

    /// The close was sent, with everything that was due before it.
    private func finish(_ stream: Int) {
        guard streams[stream].socket?.isWebSocket == true else {
            streams[stream].socket?.close()
            return
        }
        // A peer that did not present its credential in time does not get as much time again.
        let isKnown = streams[stream].extras?.unauthenticated == nil
        awaitClose(of: stream, for: isKnown ? Self.closeWait : Self.shortCloseWait)
    }

    /// The peer ends the closing handshake of a WebSocket by its own close frame (RFC 6455, section 7.1.1).
    /// libwebsockets' timers are not used, because a drain ends every stream at once, and each timer would be sorted
    /// in behind all others.
    func awaitClose(of stream: Int, for wait: Duration) {
        guard streams[stream].traits.insert(.hasSentClose).inserted else { return }
        streams.expect(stream, by: MonotonicClock().now.advanced(by: wait))
    }

    private static let closeWait = Duration.seconds(5)
    static let shortCloseWait = Duration.milliseconds(500)

    /// Ends a stream whose reader is too slow: with a reason, if that can still be sent.
    func cut(_ stream: Int, _ reason: CloseReason) {
        counters.slowConsumersCut.count()
        log.cut(reason.name, owner(of: stream))
        tell(stream, .cut, reason)
    }

    /// The owner of a stream; empty before a WebSocket has presented its credential.
    private func owner(of stream: Int) -> Subject {
        let principal = streams[stream].principal
        return principal >= 0 ? principals[principal].subject : ""
    }

    // MARK: Subscriptions

    /// Follows an order for a stream. Where the order has gone since it was looked up the stream ends, because it
    /// would stay open and silent.
    private func follow(_ order: OrderID, for stream: Int) -> Int32? {
        guard let token = topic(for: order, of: principals[streams[stream].principal]) else {
            close(stream, .unknownOrder)
            return nil
        }
        return token
    }

    func subscribe(_ stream: Int, to order: OrderID, after position: StreamPosition?) {
        guard let token = follow(order, for: stream) else { return }
        let index = addSubscription(stream, token)
        let encoding = encodings[Int(streams[stream].encoding)]
        guard let position else {
            guard let snapshot = hub.order(order) else { return close(stream, .unknownOrder) }
            var bytes: [UInt8] = []
            encoding.append(snapshot, at: snapshot.position, to: &bytes)
            subscriptions[index].cursor = snapshot.position.offset
            send(bytes, to: stream)
            return
        }
        if case .positionLost(let snapshot) = hub.read(order, after: position, limit: 1) {
            lose(stream, encoding, asked: position, snapshot)
            subscriptions[index].cursor = snapshot.position.offset
        } else {
            subscriptions[index].cursor = position.offset
            pump(stream)
        }
    }

    private func beginMerged(_ stream: Int, _ orders: [OrderID], after position: StreamPosition?) {
        streams[stream].traits.insert(.merged)
        for order in orders {
            guard let token = follow(order, for: stream) else { return }
            _ = addSubscription(stream, token)
        }
        let extras = streams.extras(of: stream)
        extras.merged = MergedStream(orders: orders, cursor: 0)
        if let position, position.epoch == hub.epoch {
            extras.merged?.cursor = position.offset
            // A loss before the connection is not caused by the reader's slowness.
            if hub.read(orders, afterSequence: position.offset, limit: 1).lost.isEmpty { return pumpMerged(stream) }
        }
        restate(stream, asked: position)
        pumpMerged(stream)
    }

    func addSubscription(_ stream: Int, _ token: Int32) -> Int32 {
        let index = subscriptions.insert(
            Subscriber(
                stream: Int32(stream), topic: token, slot: Int32(topics[token].subscribers.count),
                next: streams[stream].firstSubscription, cursor: .max))
        streams[stream].firstSubscription = index
        topics[token].subscribers.append(index)
        counters.subscribers.count()
        return index
    }

    func removeSubscription(_ index: Int32, of stream: Int) {
        // Remove it from the stream's list.
        if streams[stream].firstSubscription == index {
            streams[stream].firstSubscription = subscriptions[index].next
        } else {
            var previous = streams[stream].firstSubscription
            while previous >= 0, subscriptions[previous].next != index { previous = subscriptions[previous].next }
            if previous >= 0 { subscriptions[previous].next = subscriptions[index].next }
        }
        // Remove it from the topic's list: the last one takes its slot.
        let token = subscriptions[index].topic
        let slot = Int(subscriptions[index].slot)
        let last = topics[token].subscribers.removeLast()
        if last != index {
            topics[token].subscribers[slot] = last
            subscriptions[last].slot = Int32(slot)
        }
        subscriptions.remove(index)
        counters.subscribers.count(-1)
        leaveIfUnused(token)
    }

    // MARK: Heartbeats

    /// A tick of the heartbeat wheel.
    func beat() {
        for stream in wheel.advance(&streams) {
            let interval = HeartbeatWheel.ticksPerInterval
            let idle = wheel.now &- streams[stream].lastWrite
            let isHeld = streams[stream].state != .open && streams[stream].state != .awaitingCredential
            if isHeld || streams[stream].traits.contains(.awaitsPong) {
                // No progress for several intervals: the reader stalls, or has vanished.
                if idle > interval * stalledIntervals, let socket = streams[stream].socket {
                    counters.slowConsumersCut.count()
                    log.cut(CloseReason.timeout.name, owner(of: stream))
                    tell(stream, .failed)
                    socket.close()
                    continue
                }
                wheel.schedule(stream, at: wheel.now &+ interval, &streams)
                continue
            }
            guard idle >= interval else {
                wheel.schedule(stream, at: streams[stream].lastWrite &+ interval, &streams)
                continue
            }
            wheel.schedule(stream, at: wheel.now &+ interval, &streams)
            heartbeat(stream)
        }
    }

    private func heartbeat(_ stream: Int) {
        let kind = configuration.heartbeat.kind
        guard kind != .off, let socket = streams[stream].socket else { return }
        if socket.isWebSocket, kind == .control {
            guard socket.ping(context) else { return }
            counters.heartbeats.count()
            streams[stream].traits.insert(.awaitsPong)
            streams[stream].lastWrite = wheel.now
        } else {
            counters.heartbeats.count()
            var bytes: [UInt8] = []
            encodings[Int(streams[stream].encoding)].append(to: &bytes) { $0.appendHeartbeat(kind, to: &$1) }
            send(bytes, to: stream)
        }
    }

    private var stalledIntervals: UInt32 {
        let ratio = configuration.limits.stalledReader.seconds / configuration.heartbeat.interval.seconds
        return UInt32(max(1, min(ratio.rounded(.up), 1e6)))
    }
}
