import Clocks
import OrderUpdates
import Synchronization
import TransportCore

/// A WebSocket that is open and has yet to say whose it is.
struct UnauthenticatedSocket {
    /// Of the socket's own path; nil at `/socket`.
    var order: String?
    var after: StreamPosition?
    var deadline: MonotonicInstant
}

extension ServerLoop {
    /// Nil where there are too many.
    func makeUnauthenticatedStream(order: String?, after: StreamPosition?) -> Int? {
        let count = population.unauthenticated.add(1, ordering: .relaxed).newValue
        guard count <= configuration.limits.unauthenticatedSockets else {
            population.unauthenticated.subtract(1, ordering: .relaxed)
            return nil
        }
        let stream = makeStream()
        unauthenticated[stream] = UnauthenticatedSocket(
            order: order, after: after,
            deadline: MonotonicClock().now.advanced(by: configuration.limits.firstMessageDeadline))
        return stream
    }

    func forgetUnauthenticated(_ stream: Int) {
        guard unauthenticated.removeValue(forKey: stream) != nil else { return }
        population.unauthenticated.subtract(1, ordering: .relaxed)
    }

    func messageLimit(of stream: Int) -> Int {
        let limits = configuration.limits
        return unauthenticated[stream] == nil ? limits.messageBytes : min(limits.messageBytes, limits.firstMessageBytes)
    }

    /// Ends the sockets that have kept silent for too long.
    func expireUnauthenticated() {
        guard !unauthenticated.isEmpty else { return }
        let now = MonotonicClock().now
        // Those that are closing stay in the table until they have gone.
        for (stream, socket) in unauthenticated
        where socket.deadline <= now && !streams[stream].flags.contains(.closing) {
            refuse(stream, .timeout, 401, "no first message in time")
        }
    }

    /// The first message: only who presents a credential goes on.
    func authenticate(_ stream: Int, _ message: ClientMessage) {
        guard let socket = unauthenticated[stream] else { return }
        guard message.type == "authenticate", let token = message.token else {
            return refuse(stream, .unauthorized, 401, "the first message presents no token")
        }
        let principal: Principal
        do {
            principal = try service.auth.authenticate(token: token)
        } catch {
            return refuse(stream, .unauthorized, error.status, error.cause)
        }
        guard principal.scopes.contains(.read) else {
            return refuse(stream, .forbidden, 403, "\(principal.subject) lacks \(Scope.read.rawValue)")
        }
        var order: OrderID?
        if let name = socket.order {
            switch authorize([name], principal) {
            case .failure(let refusal):
                return refuse(
                    stream, refusal.status == 404 ? .unknownOrder : .forbidden, refusal.status, refusal.detail)
            case .success(let orders): order = orders[0]
            }
        }
        guard population.admit(principal.subject, limit: configuration.limits.connectionsPerOwner) else {
            return refuse(stream, .overloaded, 503, "the limit of connections of one owner is reached")
        }
        forgetUnauthenticated(stream)
        streams[stream].principal = principals.retain(principal)
        expectEnd(of: principal)
        let expires = principal.expires.map(String.init) ?? "null"
        send(message: "{\"type\":\"authenticated\",\"expires\":\(expires)}", to: stream)
        if let order { subscribe(stream, to: order, after: socket.after) }
    }

    /// Ends a WebSocket for what its peer has sent, and says why in the log.
    func refuse(_ stream: Int, _ reason: CloseReason, _ status: Int, _ cause: String) {
        counters.refused.count()
        log.refused(status, "socket", cause)
        close(stream, reason)
    }
}
