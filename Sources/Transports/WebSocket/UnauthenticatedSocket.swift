import Clocks
import LWS
import OrderUpdates
import Synchronization
import TransportCore

/// A WebSocket that is open and has not presented its credential.
struct UnauthenticatedSocket {
    /// The order of the socket's own path; nil at `/socket`.
    var order: String?
    var after: StreamPosition?
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
        streams.extras(of: stream).unauthenticated = UnauthenticatedSocket(order: order, after: after)
        streams.expect(stream, by: MonotonicClock().now.advanced(by: configuration.limits.firstMessageDeadline))
        return stream
    }

    func forgetUnauthenticated(_ stream: Int) {
        guard let extras = streams[stream].extras, extras.unauthenticated != nil else { return }
        extras.unauthenticated = nil
        population.unauthenticated.subtract(1, ordering: .relaxed)
    }

    func messageLimit(of stream: Int) -> Int {
        let limits = configuration.limits
        return streams[stream].extras?.unauthenticated == nil
            ? limits.messageBytes : min(limits.messageBytes, limits.firstMessageBytes)
    }

    /// Ends the WebSockets whose peers did not act in time. Called once a second.
    func endOverdue() {
        for stream in streams.overdue(at: MonotonicClock().now) {
            streams.expect(stream, by: nil)
            switch streams[stream].state {
            case .awaitingCredential: refuse(stream, .timeout, 401, "no first message in time")
            case .closed: streams[stream].socket?.close()
            default: break
            }
        }
    }

    /// Handles the first message: only a peer that presents a credential may continue.
    func authenticate(_ stream: Int, _ message: ClientMessage) {
        guard let socket = streams[stream].extras?.unauthenticated else { return }
        guard message.type == "authenticate", let token = message.token else {
            return refuse(stream, .unauthorized, 401, "the first message presents no token")
        }
        let admitted: Admission.Verdict
        do throws(Rejection) {
            admitted = try Admission.judge(
                token: token, .init(scope: .read, orders: socket.order.map { [$0] } ?? []), self)
            guard population.admit(admitted.principal.subject, limit: configuration.limits.connectionsPerOwner) else {
                throw .ownerIsFull
            }
        } catch {
            return refuse(stream, CloseReason(error), error.status, error.cause ?? error.detail)
        }
        let principal = admitted.principal
        forgetUnauthenticated(stream)
        streams.shedExtras(of: stream)
        streams.expect(stream, by: nil)
        streams[stream].principal = principals.retain(principal)
        expectEnd(of: principal)
        tell(stream, .authenticated)
        let expires = principal.expires.map(String.init) ?? "null"
        send(message: "{\"type\":\"authenticated\",\"expires\":\(expires)}", to: stream)
        if let order = admitted.orders.first { subscribe(stream, to: order, after: socket.after) }
    }

    /// Ends a WebSocket because of what its peer has sent, and logs why.
    func refuse(_ stream: Int, _ reason: CloseReason, _ status: Int, _ cause: String) {
        counters.refused.count()
        log.refused(status, "socket", cause)
        close(stream, reason)
    }
}

extension CloseReason {
    /// The close reason for the status of a refusal, on a connection that is already open.
    fileprivate init(_ refusal: Rejection) {
        switch refusal.status {
        case 403: self = .forbidden
        case 404: self = .unknownOrder
        case 503: self = .overloaded
        default: self = .unauthorized
        }
    }
}
