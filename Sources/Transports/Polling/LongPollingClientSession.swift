import Clocks
import LWS
import OrderUpdates
import TransportCore

/// A client that long-polls an order.
final class LongPollingSession: ClientRequestSession {
    private var position: StreamPosition?
    /// Whether the next request waits for news. The first request of a client that reconnects does not, so that the
    /// client learns at once whether it is admitted.
    private var waits = true
    private lazy var target = path(of: "/updates")

    override func begin() {
        position = subscription.after
        waits = position == nil
        askAgain()
    }

    private func askAgain() {
        guard !isClosed, let target else { return }
        let wait = waits ? Int(subscription.longPollWait.seconds.rounded(.up)) : 0
        var query = ["wait=\(wait)"]
        if let position { query.append("after=\(position)") }
        waits = true
        let path = target + (target.contains("?") ? "&" : "?") + query.joined(separator: "&")
        withAdmission(to: path, over: .longPolling) { [unowned self] request in
            var request = request
            request.deadline = configuration.connectDeadline + .seconds(wait)
            ask(request)
        }
    }

    override func answered(_ status: Int, _ body: UnsafeRawBufferPointer, entityTag: String?) {
        guard status == 200 else {
            emit(.unchanged)
            return askSoon()
        }
        let isArray = JSONMembers.elements(of: body) { element in
            guard !isClosed else { return }
            receive(element)
        }
        guard isArray || subscription.path != nil else {
            return closed(.failed("the answer is not an array of messages"))
        }
        if !isArray { emit(.update(position: nil, payload: body)) }
        askSoon()
    }

    /// Not within the last call of the answer, which still uses the connection.
    private func askSoon() {
        loop.timers.schedule(after: .zero) { [weak self] in self?.askAgain() }
    }

    private func receive(_ message: UnsafeRawBufferPointer) {
        switch ClientMessageReader.read(message) {
        case .event(let event):
            switch event {
            case .update(let position, _), .snapshot(let position, _): self.position = position ?? self.position
            default: break
            }
            emit(event)
        case .refused(let status): closed(.refused(status: status, retryAfter: nil))
        case .nothing where subscription.path != nil, .malformed where subscription.path != nil:
            emit(.update(position: nil, payload: message))
        case .nothing: break
        case .malformed: closed(.failed("a message that is none of order-updates.v1"))
        }
    }
}
