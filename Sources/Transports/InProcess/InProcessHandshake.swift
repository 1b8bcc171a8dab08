import OrderUpdates
import TransportCore

/// What a subscription shows at the door, and the order of the checks there: who, what they may do, and whether it exists.
struct InProcessHandshake: HandshakeRequest {
    enum Verdict {
        case accept(Principal)
        case refuse(status: Int, retryAfter: Int? = nil)
    }

    private let subscription: Subscription
    private let headers: [(name: String, value: String)]

    init(_ subscription: Subscription) {
        self.subscription = subscription
        headers = subscription.headers + subscription.credential.headers()
    }

    func header(_ name: String) -> String? {
        let values = headers.filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
    func queries(_ name: String) -> [String] { [] }
    var target: HandshakeTarget {
        HandshakeTarget(transport: .inProcess, orders: subscription.orders.map { OrderName($0.description) })
    }

    func judge(_ service: OrderService, _ limits: ServerConfiguration.Limits, isDraining: Bool) -> Verdict {
        guard !isDraining else { return .refuse(status: 503, retryAfter: 1) }
        let principal: Principal
        do throws(AuthenticationFailure) {
            principal = try service.auth.authenticate(self)
        } catch {
            return .refuse(status: error.status)
        }
        guard principal.scopes.contains(.read) else { return .refuse(status: 403) }
        let orders = subscription.orders
        guard !orders.isEmpty, orders.count <= limits.subscriptionsPerConnection, Set(orders).count == orders.count
        else { return .refuse(status: 400) }
        for id in orders {
            guard let order = service.hub.order(id) else { return .refuse(status: 404) }
            guard principal.reaches(id, of: order.owner) else { return .refuse(status: 403) }
        }
        return .accept(principal)
    }

    /// Carries out a command, or says why not.
    static func perform(
        _ command: ClientCommand, as principal: Principal, _ hub: OrderEventHub
    ) -> (accepted: Bool, message: String) {
        guard let order = hub.order(command.order) else { return (false, "there is no order \(command.order)") }
        guard principal.reaches(command.order, of: order.owner), principal.scopes.contains(.command) else {
            return (false, "the credential does not allow commands on order \(command.order)")
        }
        guard let step = OrderCommand(rawValue: command.name) else {
            let names = OrderCommand.allCases.map(\.rawValue).joined(separator: ", ")
            return (false, "there is no command '\(command.name)': take one of \(names)")
        }
        do throws(OrderError) {
            let position = try hub.perform(step, on: command.order) { owner in
                principal.reaches(command.order, of: owner)
            }
            return (true, position.description)
        } catch {
            return (false, error.description)
        }
    }
}

extension CloseReason {
    /// The delay in whole seconds, rounded up, as `Retry-After` has it (RFC 9110, section 10.2.3).
    var retryAfter: Int? { delayMilliseconds.map { ($0 + 999) / 1000 } }
}
