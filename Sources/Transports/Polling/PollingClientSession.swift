import Clocks
import LWS
import OrderUpdates
import TransportCore

/// A client that polls an order at an interval.
///
/// The schedule is fixed: a late answer does not delay later polls, and a poll is omitted while the previous one has
/// no answer.
final class PollingSession: ClientRequestSession {
    private var entityTag: String?
    /// The last body from a server without entity tags. An equal body means the same state.
    private var lastBody: [UInt8]?
    private var hasState = false
    private var due: MonotonicInstant?
    private var timer: ClientTimers.Deadline?
    private lazy var target = path(of: "")

    override func begin() {
        guard subscription.pollInterval > .zero else {
            return closed(.failed("the poll interval must be more than nothing"))
        }
        entityTag = subscription.after.map { "\"\($0)\"" }
        poll()
        due = loop.timers.now.advanced(by: subscription.pollPhase ?? subscription.pollInterval)
        schedule()
    }

    private func schedule() {
        guard !isClosed, let due else { return }
        timer = loop.timers.schedule(at: due) { [unowned self] in
            let now = loop.timers.now
            var next = due
            // After a stall, the polls whose time has passed are omitted.
            repeat { next = next.advanced(by: subscription.pollInterval) } while next <= now
            self.due = next
            if !isAsking, !isFetchingTicket { poll() }
            schedule()
        }
    }

    private func poll() {
        guard let target else { return }
        withAdmission(to: target, over: .polling) { [unowned self] request in
            var request = request
            if let entityTag { request.headers.append(("if-none-match", entityTag)) }
            ask(request)
        }
    }

    override func disconnect() {
        timer?.cancel()
        timer = nil
        super.disconnect()
    }

    override func answered(_ status: Int, _ body: UnsafeRawBufferPointer, entityTag: String?) {
        guard status == 200, isNew(body, entityTag) else { return emit(.unchanged) }
        self.entityTag = entityTag
        lastBody = entityTag == nil ? Array(body) : nil
        let position = Self.position(entityTag)
        if hasState {
            emit(.update(position: position, payload: body))
        } else {
            hasState = true
            emit(.snapshot(position: position, payload: body))
        }
    }

    private func isNew(_ body: UnsafeRawBufferPointer, _ entityTag: String?) -> Bool {
        guard entityTag == nil else { return entityTag != self.entityTag }
        guard let lastBody else { return true }
        return !lastBody.elementsEqual(body)
    }

    /// The position in an entity tag, weak or strong (RFC 9110, section 8.8.3).
    private static func position(_ entityTag: String?) -> StreamPosition? {
        guard var tag = entityTag?[...] else { return nil }
        if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
        guard tag.count > 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return nil }
        return StreamPosition(tag.dropFirst().dropLast())
    }
}
