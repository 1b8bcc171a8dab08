import Clocks
import OrderUpdates
import Synchronization
import TransportCore

/// The tickets that were issued and not used yet. Each opens one request within seconds. They are bounded and in
/// memory.
final class TicketStore: Sendable {
    private struct Ticket {
        let secret: [UInt8]
        let principal: Principal
        let transport: TransportName
        let orders: [OrderID]
        /// In nanoseconds of the monotonic clock.
        let deadline: Int64
    }

    private struct State {
        var tickets: [Selector: Ticket] = [:]
        var ofSubject: [Subject: Int] = [:]
        /// When expired tickets may be looked for again, because a walk through all tickets costs more than a
        /// request.
        var nextPurge = Int64.min

        func hasRoom(for subject: Subject, _ limit: Int, _ limitPerSubject: Int) -> Bool {
            tickets.count < limit && ofSubject[subject, default: 0] < limitPerSubject
        }

        mutating func remove(_ selector: Selector) -> Ticket? {
            guard let ticket = tickets.removeValue(forKey: selector) else { return nil }
            let subject = ticket.principal.subject
            ofSubject[subject, default: 1] -= 1
            if ofSubject[subject] == 0 { ofSubject[subject] = nil }
            return ticket
        }
    }

    private let state = Mutex(State())
    private let limit: Int
    private let limitPerSubject: Int
    private let clock: any TimeSource

    init(limit: Int, limitPerSubject: Int, clock: any TimeSource) {
        self.limit = limit
        self.limitPerSubject = limitPerSubject
        self.clock = clock
    }

    /// Nil where too many tickets are unused.
    func issue(
        _ principal: Principal, for orders: [OrderID], over transport: TransportName, lifetime: Duration
    ) -> String? {
        let name = SelectorSecret.random()
        let now = clock.now
        let ticket = Ticket(
            secret: name.secret, principal: principal, transport: transport, orders: orders,
            deadline: now.advanced(by: lifetime).nanoseconds)
        let (limit, limitPerSubject) = (limit, limitPerSubject)
        return state.withLock { state in
            if !state.hasRoom(for: principal.subject, limit, limitPerSubject), now.nanoseconds >= state.nextPurge {
                state.nextPurge = now.advanced(by: .seconds(1)).nanoseconds
                for (selector, ticket) in state.tickets where ticket.deadline <= now.nanoseconds {
                    _ = state.remove(selector)
                }
            }
            guard state.hasRoom(for: principal.subject, limit, limitPerSubject) else { return nil }
            state.tickets[name.selector] = ticket
            state.ofSubject[principal.subject, default: 0] += 1
            return name.text
        }
    }

    /// Uses up a ticket. One that is shown for another purpose than its own is used up too, because others have seen
    /// it.
    func redeem(_ text: String, for target: HandshakeTarget) throws(AuthenticationFailure) -> Principal {
        guard let name = SelectorSecret(text) else {
            throw AuthenticationFailure(.malformed, "the ticket has not the form of one")
        }
        // The look-up and the removal hold one lock, so that of two simultaneous uses one finds nothing.
        let ticket: Ticket? = state.withLock { state in
            guard let found = state.tickets[name.selector], name.proves(found.secret) else { return nil }
            return state.remove(name.selector)
        }
        guard let ticket else {
            throw AuthenticationFailure(.withdrawn, "there is no such ticket: it was used, has expired, or never was")
        }
        guard clock.now.nanoseconds < ticket.deadline else {
            throw AuthenticationFailure(.expired, "the ticket has expired")
        }
        guard ticket.transport == target.transport else {
            throw AuthenticationFailure(.wrongClaims, "the ticket is for another transport")
        }
        // A socket that names no order yet may subscribe to the ticket's orders only.
        guard target.orders.isEmpty || target.orders == ticket.orders.map({ OrderName($0.description) }) else {
            throw AuthenticationFailure(.wrongClaims, "the ticket is for other orders")
        }
        var principal = ticket.principal
        principal.orders = Set(ticket.orders)
        return principal
    }
}
