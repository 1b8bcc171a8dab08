import Clocks
import LWS
import OrderUpdates
import TransportCore

/// A long poll that waits for news of its order.
final class WaitingPoll {
    let request: ServerRequest
    let order: OrderID
    let deadline: MonotonicInstant
    let cursor: UInt64

    init(_ request: ServerRequest, order: OrderID, until deadline: MonotonicInstant, cursor: UInt64) {
        self.request = request
        self.order = order
        self.deadline = deadline
        self.cursor = cursor
    }
}

extension ServerLoop {
    /// Answers with what follows a position, now or when there is something, or with 204 when the wait is over.
    func longPoll(_ request: ServerRequest, order: OrderID, after position: StreamPosition?, wait: Duration) {
        let lane = Lane(format: MessageFormat(), framing: .none)
        var bytes: [UInt8] = []
        guard let position else {
            guard let snapshot = hub.order(order) else { return request.refuse(404, "there is no order \(order)") }
            lane.append(snapshot, at: snapshot.position, to: &bytes)
            return respond(request, [bytes])
        }
        // Followed before it is read: what is published in between is seen by one or the other.
        guard let token = topic(for: order) else { return request.refuse(404, "there is no order \(order)") }
        switch hub.read(order, after: position) {
        case .events(let events, _) where events.isEmpty:
            request.exchange.park()
            let waiting = WaitingPoll(
                request, order: order, until: MonotonicClock().now.advanced(by: wait), cursor: position.offset)
            request.exchange.context = waiting
            topics[token].waiters.append(waiting)
            expectEnd(of: request.principal)
            return
        case .events(let events, let epoch):
            respond(request, encode(events, epoch, lane))
        case .positionLost(let snapshot):
            counters.positionsLost.count()
            var lost: [UInt8] = []
            lane.append(to: &lost) { $0.appendPositionLost(order, asked: position, to: &$1) }
            lane.append(snapshot, at: snapshot.position, to: &bytes)
            respond(request, [lost, bytes])
        case .unknown:
            request.refuse(404, "there is no order \(order)")
        }
        leaveIfUnused(token)
    }

    /// There is news of an order: every poll that waited for it is answered.
    func answerPolls(_ token: Int32) {
        let waiters = topics[token].waiters
        topics[token].waiters = []
        let lane = Lane(format: MessageFormat(), framing: .none)
        for waiter in waiters {
            let position = StreamPosition(epoch: topics[token].epoch, offset: waiter.cursor)
            guard case .events(let events, let epoch) = hub.read(topics[token].order, after: position) else {
                // The history is shorter than what was published at once: the client asks again, and is told.
                waiter.request.respond(Response(status: 204))
                continue
            }
            guard !events.isEmpty else {
                topics[token].waiters.append(waiter)
                continue
            }
            counters.delivered.count(events.count)
            respond(waiter.request, encode(events, epoch, lane))
        }
        leaveIfUnused(token)
    }

    func expirePolls() {
        let now = MonotonicClock().now
        answerWaiting { $0.deadline <= now || isDraining }
    }

    /// Ends the polls that match: with 503 while draining, with 401 where the credential has ended, else with 204.
    func answerWaiting(_ matches: (WaitingPoll) -> Bool) {
        for token in Array(tokens.values) where !topics[token].waiters.isEmpty {
            let over = topics[token].waiters.filter(matches)
            guard !over.isEmpty else { continue }
            topics[token].waiters.removeAll(where: matches)
            for waiter in over {
                if isDraining {
                    waiter.request.respond(
                        .problem(503, "the server is draining", headers: [("retry-after", "1")], closes: true))
                } else if let reason = service.auth.standing(of: waiter.request.principal).closeReason {
                    log.ended(reason.name, waiter.request.principal.subject)
                    waiter.request.respond(.problem(401, reason.name, closes: true))
                } else {
                    waiter.request.respond(Response(status: 204, headers: [("cache-control", "no-store")]))
                }
            }
            leaveIfUnused(token)
        }
    }

    /// The peer of a waiting poll has left.
    func forgetPoll(_ exchange: Exchange) {
        guard let waiting = exchange.context as? WaitingPoll, let token = tokens[waiting.order] else { return }
        topics[token].waiters.removeAll { $0 === waiting }
        leaveIfUnused(token)
    }

    private func encode(_ events: [OrderEvent], _ epoch: UInt64, _ lane: Lane) -> [[UInt8]] {
        events.map { event in
            var bytes: [UInt8] = []
            lane.append(to: &bytes) {
                $0.appendUpdate(StreamPosition(epoch: epoch, offset: event.offset), event.json, to: &$1)
            }
            return bytes
        }
    }

    private func respond(_ request: ServerRequest, _ messages: [[UInt8]]) {
        var body: [UInt8] = [UInt8(ascii: "[")]
        body += messages.joined(separator: [UInt8(ascii: ",")])
        body.append(UInt8(ascii: "]"))
        request.respond(.json(200, body, headers: [("cache-control", "no-store")]))
    }
}
