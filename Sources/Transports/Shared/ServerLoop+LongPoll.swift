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
    /// Answers with what follows a position: now, or when there is something; with 204 when the wait is over.
    func longPoll(_ request: ServerRequest, order: OrderID, after position: StreamPosition?, wait: Duration) {
        guard let position else {
            guard let snapshot = hub.order(order), request.principal.reaches(order, of: snapshot.owner)
            else {
                return request.refuse(404, "there is no order \(order)")
            }
            var body = PollAnswer()
            body.append { $0.appendSnapshot(snapshot.position, snapshot.json, to: &$1) }
            return request.respond(body.response)
        }
        // Followed before it is read, so that what is published in between is seen by one of the two.
        guard let token = topic(for: order, of: request.principal) else {
            return request.refuse(404, "there is no order \(order)")
        }
        switch hub.read(order, after: position, limit: 1) {
        case .events(let events, _) where events.isEmpty:
            park(request, token, until: MonotonicClock().now.advanced(by: wait), cursor: position.offset)
        case .events:
            request.respond(news(of: order, after: position)?.response ?? Response(status: 204))
        case .positionLost(let snapshot):
            counters.positionsLost.count()
            var body = PollAnswer()
            body.append { $0.appendPositionLost(order, asked: position, to: &$1) }
            body.append { $0.appendSnapshot(snapshot.position, snapshot.json, to: &$1) }
            request.respond(body.response)
        case .unknown:
            request.refuse(404, "there is no order \(order)")
        }
        leaveIfUnused(token)
    }

    private func park(_ request: ServerRequest, _ token: Int32, until deadline: MonotonicInstant, cursor: UInt64) {
        let owner = request.principal.subject
        guard population.admit(owner, limit: configuration.limits.connectionsPerOwner) else {
            return request.refuse(.ownerIsFull)
        }
        guard request.park() else { return population.leave(owner) }
        let waiting = WaitingPoll(request, order: topics[token].order, until: deadline, cursor: cursor)
        request.exchange.context = waiting
        topics[token].waiters.append(waiting)
        waitingPolls += 1
        expectEnd(of: request.principal)
    }

    private func answer(_ waiting: WaitingPoll, _ response: Response) {
        waitingPolls -= 1
        population.leave(waiting.request.principal.subject)
        waiting.request.respond(response)
    }

    /// There is news of an order, so every poll that waited for it is answered. Those with the same position, which
    /// are nearly all, share one encoding.
    func answerPolls(_ token: Int32) {
        let waiters = topics[token].waiters
        topics[token].waiters = []
        var shared: (cursor: UInt64, count: Int, response: Response)?
        for waiter in waiters {
            if shared?.cursor != waiter.cursor {
                let position = StreamPosition(epoch: topics[token].epoch, offset: waiter.cursor)
                let news = news(of: topics[token].order, after: position)
                // More was published at once than the history holds. The client asks again, and is then told.
                shared = (waiter.cursor, news?.count ?? 0, news?.response ?? Response(status: 204))
                if news?.count == 0 { shared = nil }
            }
            guard let shared else {
                topics[token].waiters.append(waiter)
                continue
            }
            counters.delivered.count(shared.count)
            answer(waiter, shared.response)
        }
        leaveIfUnused(token)
    }

    /// What follows a position: all of it, or as much as fits one answer, and the client asks again for the rest. Nil
    /// where the position is lost.
    private func news(of order: OrderID, after position: StreamPosition) -> PollAnswer? {
        var answer = PollAnswer()
        var position = position
        while answer.size < Self.largestBatch {
            guard case .events(let events, _) = hub.read(order, after: position, limit: Self.replayBatch) else {
                return answer.count > 0 ? answer : nil
            }
            guard !events.isEmpty else { break }
            for event in events where answer.size < Self.largestBatch {
                position.offset = event.offset
                answer.append { $0.appendUpdate(position, event.json, to: &$1) }
            }
        }
        return answer
    }

    func expirePolls() {
        let now = MonotonicClock().now
        answerWaiting { waiter in
            if isDraining {
                return .problem(.draining)
            }
            guard waiter.deadline <= now else { return nil }
            return refusal(of: waiter) ?? Response(status: 204, headers: [("cache-control", "no-store")])
        }
    }

    /// Answers the polls whose credentials are no longer valid.
    func refuseWaiting() {
        answerWaiting { refusal(of: $0) }
    }

    /// Nil where the credential is valid.
    private func refusal(of waiter: WaitingPoll) -> Response? {
        guard let reason = service.auth.status(of: waiter.request.principal).closeReason else { return nil }
        log.ended(reason.name, waiter.request.principal.subject)
        return .problem(401, reason.name, closes: true)
    }

    /// - Parameter verdict: nil for a poll that continues to wait. It is called once for each poll: a credential may
    ///   end between two calls, and a poll for which they differ would never be answered.
    private func answerWaiting(_ verdict: (WaitingPoll) -> Response?) {
        guard waitingPolls > 0 else { return }
        for token in Array(tokens.values) where !topics[token].waiters.isEmpty {
            let over = topics[token].waiters.compactMap { waiter in verdict(waiter).map { (waiter, $0) } }
            guard !over.isEmpty else { continue }
            let gone = Set(over.map { ObjectIdentifier($0.0) })
            topics[token].waiters.removeAll { gone.contains(ObjectIdentifier($0)) }
            for (waiter, response) in over { answer(waiter, response) }
            leaveIfUnused(token)
        }
    }

    /// The peer of a waiting poll has left.
    func forgetPoll(_ exchange: Exchange) {
        guard let waiting = exchange.context as? WaitingPoll else { return }
        waitingPolls -= 1
        population.leave(waiting.request.principal.subject)
        guard let token = tokens[waiting.order] else { return }
        topics[token].waiters.removeAll { $0 === waiting }
        leaveIfUnused(token)
    }
}

/// The messages of a long poll's answer, as a JSON array.
private struct PollAnswer {
    private var bytes: [UInt8] = []
    private(set) var count = 0
    var size: Int { bytes.count }

    mutating func append(_ encode: (MessageFormat, inout [UInt8]) -> Void) {
        bytes.append(UInt8(ascii: count == 0 ? "[" : ","))
        encode(MessageFormat(), &bytes)
        count += 1
    }

    var response: Response {
        .json(200, bytes + [UInt8(ascii: "]")], headers: [("cache-control", "no-store")])
    }
}
